import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';
import fc from 'fast-check';
import { execute, parse } from 'graphql';
import type pg from 'pg';
import { pino } from 'pino';
import type { Permit } from '../../chassis/decide/authorize.ts';
import { Budget } from '../../chassis/decide/budget.ts';
import { HubContext } from '../../chassis/decide/context.ts';
import { Decisions } from '../../chassis/decide/decide.ts';
import { folderNamed } from '../../chassis/folders.ts';
import type { ReadRecord } from '../../chassis/record/read.ts';
import { buildServedSchema, type ServedSchema } from '../../chassis/serve/build-schema.ts';
import { changePlaces, createOrm, createPool } from '../../chassis/store/database.ts';
import { subgraph } from '../../subgraphs/school/index.ts';
import { UnboundRelease } from '../chassis/example-schema.ts';
import { tries } from '../setup/depth.ts';
import { type SchoolDatabase, startSchoolDatabase } from '../setup/school.ts';
import {
  CATEGORIES,
  type KindName,
  opensWhereabouts,
  type Reading,
  reading,
  SCHOOLS,
  type Shown,
  type Stored,
  shown,
} from './records.ts';

const RUNS = tries(150, 2_500);
const SEED = Number(process.env.SAMSYN_SEED ?? Date.now() % 2 ** 31);

let school: SchoolDatabase;
let orm: MikroORM;
let pool: pg.Pool;
/** Looks at what the database answers, and changes nothing. */
let asked: jest.SpiedFunction<pg.Pool['query']>;
let served: ServedSchema;

beforeAll(async () => {
  school = await startSchoolDatabase();
  const url = school.urls.SAMSYN_SCHOOL_DATABASE_URL ?? '';
  orm = createOrm(url, folderNamed('school').schema, subgraph.entities);
  pool = createPool(url, 1);
  // It says goodbye without waiting, and the server that stops may be faster.
  pool.on('error', () => undefined);
  asked = jest.spyOn(pool, 'query');
  served = await buildServedSchema(subgraph);
});
afterAll(async () => {
  await Promise.all([orm.close(), pool.end()]);
  await school.end();
});

/** Each kind's field on Youth, its field that takes more (prose, or whereabouts), and its field that is a name. */
const FIELDS: Readonly<Record<KindName, { readonly field: string; readonly more: string; readonly name?: string }>> = {
  SchoolIncident: { field: 'schoolIncidents', more: 'measure' },
  SupportMeasure: { field: 'supportMeasures', more: 'measure' },
  Enrolment: { field: 'enrolments', more: 'schoolUnit', name: 'programme' },
  StudentHealth: { field: 'studentHealth', more: 'plannedSupport' },
};
const KIND_NAMES = Object.keys(CATEGORIES) as KindName[];

const QUERY = parse(`query ($youths: [_Any!]!) { _entities(representations: $youths) { ... on Youth {
  ${KIND_NAMES.map((kind) => `${FIELDS[kind].field} { agency held ${FIELDS[kind].more} ${FIELDS[kind].name ?? ''} }`).join(' ')}
} } }`);

type Answered = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[] | null>>;

test(`a school's records are read as the decision, the owner and the author say (SAMSYN_SEED=${SEED})`, async () => {
  const seen = new Set<string>();
  const agrees = fc.asyncProperty(reading, async (reading) => {
    const youths = [randomUUID(), randomUUID()];
    await store(reading, youths);
    const expected = youths.map((_, youth) => KIND_NAMES.map((kind) => sorted(shown(reading, kind, youth))));
    const answered = await ask(reading, youths);
    expect(answered).toEqual(expected);
    expect(await unitsReadBeyond(reading, youths)).toEqual([]);
    for (const each of expected.flat(2)) seen.add(JSON.stringify(each));
  });
  await fc.assert(agrees, { numRuns: RUNS, seed: SEED });
  // Nothing, an empty list, and each school's records: held or not, with what takes more or without.
  expect(seen.size).toBeGreaterThanOrEqual(2 * SCHOOLS.length);
}, 600_000);

/** The rows that brought a school unit, which is whereabouts, from the database without a permit that opens it. */
async function unitsReadBeyond({ permits }: Reading, youths: readonly string[]): Promise<ReadRecord[]> {
  const results = await Promise.all(
    asked.mock.results.map(({ value }) => value as Promise<pg.QueryResult<ReadRecord>>),
  );
  asked.mockClear();
  return results
    .flatMap(({ rows }) => rows)
    .filter(({ schoolUnit = null }) => schoolUnit !== null)
    .filter(({ youthId, agency }) => !opensWhereabouts(permits, youths.indexOf(youthId), agency));
}

/** The protection of each youth, as the registry would name it: a mark is given under it, or under another. */
const protectionOf = (youth: string | undefined): string => youth ?? '';

async function ask(
  { reader, protectedYouths, permits }: Reading,
  youths: readonly string[],
): Promise<(Shown[] | null)[][]> {
  const sector = {
    ...{ name: 'school', labels: served.labels, authorizer: null, pool, log: pino({ level: 'silent' }) },
    ...{
      fork: () => orm.em.fork(),
      budget: new Budget(pool),
      changes: changePlaces(),
      metadata: (row: Parameters<HubContext['sector']['metadata']>[0]) => orm.getMetadata().get(row),
    },
  };
  const context = new HubContext({
    caller: { subject: 'p-1', actor: null, agency: reader, roles: ['CASEWORKER'] },
    operation: { hash: 'ab', name: null, requestId: randomUUID() },
    sector,
    response: new UnboundRelease(),
    gatewayWaits: false,
    memberships: null,
  });
  context.decisions = new Decisions(
    permits.map(
      ({ youth, agency, kind, whereabouts, from, to }): Permit => ({
        ...{ youth: youths[youth] ?? '', source: agency, category: CATEGORIES[kind], whereabouts },
        ...{ dataFrom: dateOf(from), dataTo: dateOf(to), key: 'permit', timeLeftMs: 60_000 },
        // Own data needs no mark, and neither do youths without protection.
        protection: agency !== reader && protectedYouths.includes(youth) ? protectionOf(youths[youth]) : null,
      }),
    ),
    served.labels,
  );
  const { data, errors } = await execute({
    schema: served.schema,
    document: QUERY,
    contextValue: context,
    variableValues: { youths: youths.map((id) => ({ __typename: 'Youth', id })) },
  });
  expect(errors).toBeUndefined();
  const answers = (data?._entities ?? []) as Answered[];
  return answers.map((answer) =>
    KIND_NAMES.map((kind) => {
      const { field, more, name = '' } = FIELDS[kind];
      const records = answer[field] ?? null;
      return sorted(
        records?.map((record) => ({
          agency: String(record.agency),
          held: record.held === true,
          more: record[more] === null ? null : true,
          name: (record[name] ?? null) === null ? null : true,
        })) ?? null,
      );
    }),
  );
}

/** Writes the links and records as the owner of the database; each link that has ended is one of its own. */
async function store({ records }: Reading, youths: readonly string[]): Promise<void> {
  const live = new Map<string, string>();
  for (const record of records) {
    const at = SCHOOLS.find((each) => (each !== record.agency) === record.astray) ?? record.agency;
    const place = `${at} ${record.youth}`;
    const known = record.unlinked ? undefined : live.get(place);
    const link = known ?? randomUUID();
    if (known === undefined) {
      await school.owner.query(
        `INSERT INTO agency.link (id, youth_id, agency, identity_number, linked_by, linked_at, ended_at)
         VALUES ($1, $2, $3, $1::uuid::text, 'p-1', now(), $4)`,
        [link, youths[record.youth], at, record.unlinked ? new Date() : null],
      );
    }
    if (!record.unlinked) live.set(place, link);
    const marks = { never: null, before: randomUUID(), now: protectionOf(youths[record.youth]) };
    await insert(record, link, marks[record.namesNoPlace]);
  }
}

async function insert(record: Stored, link: string, namesNoPlace: string | null): Promise<void> {
  const [table, columns, values] = {
    SchoolIncident: ['school_incident', 'kind, date, measure', ['OTHER', dateOf(record.from), 'text']] as const,
    SupportMeasure: [
      'support_measure',
      'kind, "from", "to", measure',
      ['OTHER', dateOf(record.from), dateOf(record.to), 'text'],
    ] as const,
    Enrolment: [
      'enrolment',
      'school_type, "from", "to", school_unit, programme',
      ['GR', record.begun ? dateOf(record.from) : null, dateOf(record.to), 'unit', 'programme'],
    ] as const,
    StudentHealth: ['student_health', 'contact_exists, planned_support', [true, 'text']] as const,
  }[record.kind];
  const withdrawnAt = record.withdrawn ? new Date() : null;
  const common = [randomUUID(), link, record.agency, record.held, record.cleared, namesNoPlace, withdrawnAt];
  const all = [...common, ...values];
  await school.owner.query(
    `INSERT INTO agency.${table} (id, link_id, agency, held, text_cleared, names_no_place, withdrawn_at, author, recorded_at, ${columns})
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'p-1', now(), ${values.map((_, index) => `$${common.length + index + 1}`).join()})`,
    all,
  );
}

function dateOf(day: number | null): string | null {
  return day === null ? null : `2026-03-${String(day + 1).padStart(2, '0')}`;
}

function sorted(records: readonly Shown[] | null): Shown[] | null {
  return records?.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))) ?? null;
}
