import { beforeAll, describe, expect, test } from '@jest/globals';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { CONSTANT_MESSAGES } from '../../../schema/errors.ts';
import { sql } from '../../setup/ask.ts';
import { type Claims, inTurn, mutate, type Place, refused, type Said, saidBy } from '../mutate.ts';
import {
  columnOf,
  type Fields,
  faultyChanges,
  faultyInputs,
  kindsOf,
  UNTOUCHED,
  validInput,
  type WrittenKind,
} from '../valid-inputs.ts';
import { sharedPlace } from './shared-place.ts';

const YOUTH = DEMO_YOUTHS.everything.id;
const OTHER_YOUTH = DEMO_YOUTHS.protected.id;
const NOBODY = '99999999-9999-4999-8999-999999999999';

/** The home agency of each sector, who holds a seat there, who does not, and a stranger of another agency. */
const SECTORS = {
  'social-services': { agency: 'social-services:skovde', holder: 'p-1001', role: 'COORDINATOR' },
  police: { agency: 'police:nationell', holder: 'p-2001', role: 'CASEWORKER' },
  school: { agency: 'school:skovde', holder: 'p-3001', role: 'CASEWORKER' },
  leisure: { agency: 'leisure:skovde', holder: 'p-4001', role: 'CASEWORKER' },
} as const;

type SectorName = keyof typeof SECTORS;
const NAMES = Object.keys(SECTORS) as SectorName[];

let place: Place;
/** Every write that the hub has decided, as the log must have it. */
const decided: { request: string; caller: string; agency: string; fields: string; permitted: boolean }[] = [];

beforeAll(async () => {
  place = await sharedPlace();
});

const staffOf = (name: SectorName): Claims => {
  const { agency, holder, role } = SECTORS[name];
  return { sub: holder, agency, roles: [role] };
};
const systemOf = (name: SectorName): Claims => ({
  sub: `system-${name}`,
  agency: SECTORS[name].agency,
  roles: ['SYSTEM'],
});

/** Sends a mutation, and notes what was decided about it. */
async function write(by: Claims, mutation: string, input: Fields): Promise<Said> {
  const answer = await mutate(place, by, mutation, input);
  const said = saidBy(answer);
  // What is forbidden may have been decided or not, and what is faulty has not.
  const isDecided = said.outcome !== undefined || JSON.stringify(said).includes('CONFLICT');
  if (isDecided)
    decided.push({ request: answer.requestId, caller: by.sub, agency: by.agency, fields: mutation, permitted: true });
  return said;
}

/** A row of a sector's table, as its owner sees it. */
async function rowsOf(name: SectorName, table: string, where: string, value: string): Promise<Fields[]> {
  const found = await sql<{ row: Fields }>(
    place.hub,
    ownerOf(name),
    `SELECT to_jsonb(r) AS row FROM agency.${table} r WHERE ${where} = $1`,
    [value],
  );
  return found.map(({ row }) => row);
}

const ownerOf = (name: SectorName): string => `SAMSYN_${name.toUpperCase().replace('-', '_')}_OWNER_URL`;

/** How many rows each table of a sector has, and how many changes they have seen. */
function countsOf(name: SectorName): Promise<Fields[]> {
  const tables = kindsOf(name).map(
    ({ table }) =>
      `SELECT '${table}' AS table, count(*)::int AS rows, coalesce(sum(version), 0)::int AS versions FROM agency.${table}`,
  );
  return sql(place.hub, ownerOf(name), `${tables.join(' UNION ALL ')} ORDER BY 1`);
}

/** The columns that an input fills, and those that it leaves out. */
function columnsOf(kind: WrittenKind, input: Fields): Fields {
  return Object.fromEntries(kind.fields.map(({ name, absent }) => [columnOf(name), input[name] ?? absent]));
}

describe.each(NAMES)('a record of %s', (name) => {
  const kinds = kindsOf(name);
  const staff = staffOf(name);

  test('of every kind is recorded, corrected and withdrawn by the own staff', async () => {
    const lives = await Promise.all(
      kinds.map(async (kind) => {
        const first = validInput(kind, { mark: 'first' });
        const second = validInput(kind, { mark: 'second', later: 1, only: 'required' });
        const created = await write(staff, kind.making, { youthId: YOUTH, ...first });
        const id = String(created.id);
        const [recorded] = await rowsOf(name, kind.table, 'id', id);
        const said = [
          created,
          await write(staff, `correct${kind.name}`, { id, version: 1, ...second }),
          await write(staff, `correct${kind.name}`, { id, ...second }),
          await write(staff, `correct${kind.name}`, { id, version: 1, ...first }),
        ];
        const [corrected] = await rowsOf(name, kind.table, 'id', id);
        said.push(await write(staff, `withdraw${kind.name}`, { id, version: 2 }));
        said.push(await write(staff, `withdraw${kind.name}`, { id }));
        const [withdrawn] = await rowsOf(name, kind.table, 'id', id);
        return { kind: kind.name, id, said, rows: [recorded, corrected, withdrawn] };
      }),
    );
    expect(lives).toEqual(
      kinds.map((kind, index) => {
        const id = lives[index]?.id ?? '';
        const row = (version: number, input: Fields) => ({
          id,
          link_id: expect.any(String),
          agency: staff.agency,
          author: staff.sub,
          recorded_at: expect.any(String),
          changed_at: version === 1 ? null : expect.any(String),
          held: false,
          text_cleared: false,
          marked_at: null,
          source_id: null,
          withdrawn_at: version === 3 ? expect.any(String) : null,
          version,
          ...columnsOf(kind, input),
          ...UNTOUCHED[kind.name],
        });
        const second = validInput(kind, { mark: 'second', later: 1, only: 'required' });
        return {
          kind: kind.name,
          id,
          said: [
            { id, version: 1, outcome: 'CREATED' },
            { id, version: 2, outcome: 'CHANGED' },
            { id, version: 2, outcome: 'UNCHANGED' },
            refused('CONFLICT'),
            { id, version: 3, outcome: 'WITHDRAWN' },
            refused('FORBIDDEN'),
          ],
          rows: [row(1, validInput(kind, { mark: 'first' })), row(2, second), row(3, second)],
        };
      }),
    );
  });

  test('of every kind is fed by the own system, once for each sourceId', async () => {
    const system = systemOf(name);
    const lives = await Promise.all(
      kinds.map(async (kind) => {
        const mutation = kind.making;
        const sourceId = `source-${kind.name}`;
        const first = { youthId: YOUTH, sourceId, ...validInput(kind, { mark: 'fed' }) };
        const second = {
          youthId: YOUTH,
          sourceId,
          ...validInput(kind, { mark: 'fed again', later: 2, only: 'required' }),
        };
        const created = await write(system, mutation, first);
        const said = [
          created,
          await write(system, mutation, first),
          await write(system, mutation, second),
          await write(system, mutation, { ...second, youthId: OTHER_YOUTH }),
          await write(system, `withdraw${kind.name}`, { id: String(created.id) }),
          await write(system, mutation, second),
        ];
        const rows = await rowsOf(name, kind.table, 'source_id', sourceId);
        return {
          kind: kind.name,
          said,
          rows: rows.map(({ id, author, version, withdrawn_at }) => ({ id, author, version, withdrawn_at })),
        };
      }),
    );
    expect(lives).toEqual(
      kinds.map((kind, index) => {
        const id = lives[index]?.said[0]?.id;
        return {
          kind: kind.name,
          said: [
            { id, version: 1, outcome: 'CREATED' },
            { id, version: 1, outcome: 'UNCHANGED' },
            { id, version: 2, outcome: 'CHANGED' },
            refused('CONFLICT', 'input.sourceId'),
            { id, version: 3, outcome: 'WITHDRAWN' },
            { id, version: 4, outcome: 'CHANGED' },
          ],
          rows: [{ id, author: system.sub, version: 4, withdrawn_at: null }],
        };
      }),
    );
  });

  test('is refused for each fault with the field that has it, and nothing is written', async () => {
    const before = await countsOf(name);
    const answers = await inTurn(kinds, (kind) =>
      Promise.all(
        faultyInputs(kind).map(async ({ fault, input, field }) => {
          const answer = await mutate(place, staff, kind.making, { youthId: YOUTH, ...input });
          return { fault, field, said: saidBy(answer), repeated: answer.text.includes('CANARY') };
        }),
      ),
    );
    expect(answers.flat()).toEqual(
      answers
        .flat()
        .map(({ fault, field }) => ({ fault, field, said: refused('BAD_USER_INPUT', field), repeated: false })),
    );
    expect(await countsOf(name)).toEqual(before);
  });

  test('is changed by no input with a fault', async () => {
    const prefix = name === 'social-services' ? 'socialServices' : name;
    const [kind] = kinds;
    if (kind === undefined) throw new Error('A sector has a kind of record.');
    const { id } = await write(staff, kind.making, { youthId: YOUTH, ...validInput(kind, { mark: 'right' }) });
    const before = await countsOf(name);
    const changes: [string, Fields][] = [
      [`correct${kind.name}`, { id, ...validInput(kind, { mark: 'CANARY' }) }],
      [`withdraw${kind.name}`, { id }],
      [`${prefix}HoldRecord`, { recordId: id, held: true }],
      [`${prefix}ClearText`, { recordId: id, cleared: true }],
    ];
    const answers = changes.flatMap(([mutation, right]) =>
      faultyChanges(right).map(async ({ fault, input, field }) => {
        const { text, ...answer } = await mutate(place, staff, mutation, input);
        return { mutation, fault, field, said: saidBy({ text, ...answer }), repeated: text.includes('CANARY') };
      }),
    );
    const told = await Promise.all(answers);
    expect(told).toEqual(
      told.map(({ mutation, fault, field }) => ({
        mutation,
        fault,
        field,
        said: refused('BAD_USER_INPUT', field),
        repeated: false,
      })),
    );
    expect(await countsOf(name)).toEqual(before);
  });

  test('is refused about a youth whom the agency has not linked', async () => {
    const [kind] = kinds;
    if (kind === undefined) throw new Error('A sector has a kind of record.');
    const input = { ...validInput(kind, { mark: 'x' }), youthId: NOBODY };
    expect(await write(systemOf(name), kind.making, input)).toEqual(refused('BAD_USER_INPUT', 'input.youthId'));
  });

  test('has a sourceId from a system alone, whatever there is under it', async () => {
    const [kind] = kinds;
    if (kind === undefined) throw new Error('A sector has a kind of record.');
    const said = await Promise.all(
      // Of the two records one is there, about another youth than that of the attempt.
      [`source-${kind.name}`, 'of nothing'].map((sourceId) =>
        write(staff, kind.making, { youthId: OTHER_YOUTH, sourceId, ...validInput(kind, { mark: 'x' }) }),
      ),
    );
    expect(said).toEqual(said.map(() => refused('BAD_USER_INPUT', 'input.sourceId')));
  });

  test('is forbidden in the same bytes whether it exists, is foreign or is denied', async () => {
    const outsider: Claims = { sub: 'p-0009', agency: staff.agency, roles: ['CASEWORKER'] };
    const foreign: Claims = { sub: 'p-0008', agency: `${name}:orebro`, roles: ['CASEWORKER', 'SYSTEM'] };
    const prefix = name === 'social-services' ? 'socialServices' : name;
    const texts = await inTurn(kinds, async (kind) => {
      const input = validInput(kind, { mark: 'x' });
      const { id } = await write(staff, kind.making, { youthId: YOUTH, ...input });
      const attempts: [Claims, string][] = [
        [staff, NOBODY],
        [outsider, String(id)],
        [outsider, NOBODY],
        [foreign, String(id)],
      ];
      const asked = attempts.flatMap(([by, target]) => [
        mutate(place, by, `correct${kind.name}`, { id: target, ...input }),
        mutate(place, by, `correct${kind.name}`, { id: target, version: 77, ...input }),
        mutate(place, by, `withdraw${kind.name}`, { id: target }),
        ...(by.roles.includes('SYSTEM')
          ? []
          : [mutate(place, by, `${prefix}HoldRecord`, { recordId: target, version: 77, held: true })]),
        ...(by.roles.includes('SYSTEM')
          ? []
          : [mutate(place, by, `${prefix}ClearText`, { recordId: target, cleared: true })]),
      ]);
      asked.push(mutate(place, outsider, kind.making, { youthId: YOUTH, ...input }));
      asked.push(mutate(place, outsider, kind.making, { youthId: NOBODY, ...input }));
      return (await Promise.all(asked)).map(({ text }) =>
        text.replaceAll(/"(correct|withdraw|record|adopt|add|\w+HoldRecord|\w+ClearText)\w*"/g, '"…"'),
      );
    });
    expect([...new Set(texts.flat().map((text) => text.trim()))]).toEqual([
      `{"errors":[{"message":"${CONSTANT_MESSAGES.FORBIDDEN}","path":["…"],"extensions":{"code":"FORBIDDEN"}}],"data":{"…":null}}`,
    ]);
  });
});

test('a corrected text loses its mark, and a list that stays as it was keeps it', async () => {
  const staff = staffOf('social-services');
  const kinds = kindsOf('social-services').filter(({ name }) =>
    ['ActionPlan', 'Meeting', 'RiskAssessment'].includes(name),
  );
  const marks = await Promise.all(
    kinds.map(async (kind) => {
      const input = validInput(kind, { mark: 'read for names' });
      const { id } = await write(staff, kind.making, { youthId: YOUTH, textCleared: true, ...input });
      const mark = async () => (await rowsOf('social-services', kind.table, 'id', String(id)))[0]?.text_cleared;
      await write(staff, `correct${kind.name}`, { id, ...validInput(kind, { mark: 'read for names', later: 1 }) });
      const kept = await mark();
      await write(staff, `correct${kind.name}`, { id, ...validInput(kind, { mark: 'not read', later: 1 }) });
      return { kind: kind.name, kept, lost: await mark() };
    }),
  );
  expect(marks).toEqual(kinds.map(({ name }) => ({ kind: name, kept: true, lost: false })));
});

test('every write is an entry', async () => {
  const entries = await sql<(typeof decided)[number]>(
    place.hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    `SELECT e.request_id AS request, e.caller, a.code AS agency, e.fields, e.permitted
     FROM registry.entry e JOIN registry.agency a ON a.id = e.agency
     WHERE e.action = 2 AND e.request_id = ANY ($1::uuid[])`,
    [decided.map(({ request }) => request)],
  );
  const byRequest = (a: { request: string }, b: { request: string }) => (a.request < b.request ? -1 : 1);
  expect(decided.length).toBeGreaterThan(200);
  expect(entries.sort(byRequest)).toEqual(decided.sort(byRequest));
});
