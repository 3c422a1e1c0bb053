import { expect, test } from '@jest/globals';
import { demoGroupId } from '../../../subgraphs/registry/seed.ts';
import { askAs } from '../mutate.ts';
import { begin, by, managerOf, registry, sharedPlace } from './place.ts';

const COORDINATOR = by('p-1001', 'social-services:skovde', 'COORDINATOR');
const EXTRACT = 'query ($id: ID!) { accessReport(youthId: $id) { rows { entryId } } }';

/** A reading of what the school granted the police, an hour ago. */
const READ = `
  INSERT INTO registry.log_row (at, kind, request_id, operation_hash, caller, agency, roles, action, kind_category,
    kind_whereabouts, kind_fields, part_youth, part_group, part_programme, part_version, part_from, unit_part, unit_kind,
    unit_source, unit_reason, marks)
  SELECT registry.clock() - interval '1 hour', 'DECISION', gen_random_uuid(), 'x', 'p-2001', a.id, 4, 1, ARRAY[k.id], '{false}',
    '{attendance}', ARRAY[g.youth], ARRAY[g.id], ARRAY[g.programme], '{1}', '{1,2}', '{1}', '{1}', ARRAY[s.id], '{CONSENT}',
    ARRAY[registry.mark_of_category(k.id), registry.mark_of_source(s.id)]
  FROM registry.intervention_group g, registry.agency a, registry.agency s, registry.category k
  WHERE g.id = $1 AND a.code = 'police:nationell' AND s.code = 'school:skovde' AND k.code = 'school.attendance'
  RETURNING registry.unit_id(id, 1) AS id, part_youth[1] AS youth`;

test('what the police may not let be told is gone from the extract as soon as it is decided', async () => {
  const [told] = await registry<{ id: string; youth: string }>(READ, [demoGroupId('turning18')]);
  const rows = async () =>
    (await askAs(await sharedPlace(), COORDINATOR, EXTRACT, { id: told?.youth })).data?.accessReport as unknown;
  expect(await rows()).toEqual({ rows: [{ entryId: told?.id }] });
  const decision = { entryId: told?.id, decision: 'LEAVE_OUT', ground: 'OSL 18 kap. 1 §, en utredning.' };
  await begin(managerOf('police:nationell'), 'decideTelling', decision);
  expect(await rows()).toEqual({ rows: [] });
});
