import { expect, test } from '@jest/globals';
import { demoGroupId } from '../../../subgraphs/registry/seed.ts';
import { askAs } from '../mutate.ts';
import { begin, by, managerOf, registry, sharedPlace } from './place.ts';

const COORDINATOR = by('p-1001', 'social-services:skovde', 'COORDINATOR');
const EXTRACT = 'query ($id: ID!) { accessReport(youthId: $id) { rows { entryId } } }';

/** A reading of what the school granted the police, an hour ago. */
const READ = `
  INSERT INTO registry.entry (at, kind, permitted, request_id, operation_hash, caller, agency, roles, action, youth, source,
    category, whereabouts, reason, group_id, programme, consent_version)
  SELECT registry.clock() - interval '1 hour', 'DECISION', true, gen_random_uuid(), 'x', 'p-2001', a.id, 4, 1, g.youth, s.id,
    k.id, false, 'CONSENT', g.id, g.programme, 1
  FROM registry.intervention_group g, registry.agency a, registry.agency s, registry.category k
  WHERE g.id = $1 AND a.code = 'police:nationell' AND s.code = 'school:skovde' AND k.code = 'school.attendance'
  RETURNING id, youth`;

test('what the police may not let be told is gone from the extract as soon as it is decided', async () => {
  const [told] = await registry<{ id: string; youth: string }>(READ, [demoGroupId('turning18')]);
  const rows = async () =>
    (await askAs(await sharedPlace(), COORDINATOR, EXTRACT, { id: told?.youth })).data?.accessReport as unknown;
  expect(await rows()).toEqual({ rows: [{ entryId: told?.id }] });
  const decision = { entryId: told?.id, decision: 'LEAVE_OUT', ground: 'OSL 18 kap. 1 §, en utredning.' };
  await begin(managerOf('police:nationell'), 'decideTelling', decision);
  expect(await rows()).toEqual({ rows: [] });
});
