import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Hub } from '../../../hub/hub.ts';
import { DEMO_YOUTHS, type PersonaName } from '../../../schema/demo-world.ts';
import { ask, sql } from '../../setup/ask.ts';
import { othersOf, ownerOf, queryFor, RECORDS, sectorOf, valuesAt } from '../guarded-fields.ts';
import { sharedHub } from './shared-hub.ts';

const YOUTH = DEMO_YOUTHS.protected.id;

/** Never granted (C10). */
const CROSSING = RECORDS.filter(({ category }) => category !== 'social-services.guardians');

let hub: Hub;

beforeAll(async () => {
  hub = await sharedHub();
});

/** What follows from records: whoever counts them counts what is there. */
const DERIVED =
  'actionPlan { nextReview late: commitments(overdue: true) { id } others: commitments(overdue: false) { id } }';

/** Every list of records of a sector, and what follows from them. */
function queryOf(sector: string): string {
  const query = queryFor(
    RECORDS.filter((field) => sectorOf(field) === sector),
    'id',
  );
  return sector === 'social-services' ? query.replace(/ } }$/, ` ${DERIVED} } }`) : query;
}

describe.each(CROSSING.map((field) => [field.path.join('.'), field] as const))(
  'C17 a held record of %s',
  (_, field) => {
    const owner = `SAMSYN_${sectorOf(field).toUpperCase().replace('-', '_')}_OWNER_URL`;
    const query = queryOf(sectorOf(field));
    const read = (persona: PersonaName) => ask(hub, persona, query, { id: YOUTH });
    const set = (change: string, id: unknown) =>
      sql(hub, owner, `UPDATE agency.${field.table} SET ${change} WHERE id = $1`, [id]);
    const idsIn = ({ data }: { readonly data: unknown }) =>
      valuesAt((data as { youth?: unknown } | null)?.youth ?? null, [...field.path, 'id']).map(({ value }) => value);

    test('is for every other agency as if it did not exist, and the own agency reads it', async () => {
      const readers = othersOf(field);
      const before = await Promise.all([ownerOf(field), ...readers].map(read));
      const [id] = before.map(idsIn).reduce((all, ids) => all.filter((each) => ids.includes(each)));
      expect(id).toEqual(expect.any(String));

      await set('held = true', id);
      const whileHeld = await Promise.all(readers.map(read));
      const own = await read(ownerOf(field));
      await set('held = false, withdrawn_at = now()', id);
      const withoutIt = await Promise.all(readers.map(read));
      await set('withdrawn_at = NULL', id);

      expect(whileHeld.map(({ text }) => text)).toEqual(withoutIt.map(({ text }) => text));
      expect(whileHeld.map((answer) => idsIn(answer).includes(id))).toEqual(readers.map(() => false));
      expect(own.text).toBe(before[0]?.text);
    });
  },
);
