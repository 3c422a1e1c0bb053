import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type pg from 'pg';
import { permit } from '../../test/chassis/example-schema.ts';
import { tries } from '../../test/setup/depth.ts';
import { connected, type SchoolDatabase, startSchoolDatabase } from '../../test/setup/school.ts';
import { readSchool, type SchoolReader } from '../../test/setup/school-reader.ts';
import type { Permit } from '../decide/authorize.ts';

const SCHOOL = 'school:skovde';
const REPORT = { category: 'school.report', whereabouts: false };
const WRITERS = 5;

/** The readers who poll: the school's own staff, another agency with every day granted, and one with July alone. */
const READERS: readonly { readonly agency: string; readonly days: Pick<Permit, 'dataFrom' | 'dataTo'> }[] = [
  { agency: SCHOOL, days: { dataFrom: null, dataTo: null } },
  { agency: 'police:nationell', days: { dataFrom: null, dataTo: null } },
  { agency: 'social-services:skovde', days: { dataFrom: '2026-07-01', dataTo: '2026-08-01' } },
];

let database: SchoolDatabase;
let school: SchoolReader;
let connections: pg.Client[];

beforeAll(async () => {
  database = await startSchoolDatabase();
  school = await readSchool(database);
  connections = await Promise.all(
    Array.from({ length: WRITERS }, () => connected(database.urls.SAMSYN_SCHOOL_DATABASE_URL)),
  );
});
afterAll(async () => {
  await Promise.all(connections.map((connection) => connection.end()));
  await school.end();
  await database.end();
});

interface Row {
  readonly id: string;
  readonly version: number;
  readonly text: string | null;
}

const POLL = `query ($id: ID!, $after: [String!]) { youth(id: $id) {
  schoolNews(after: $after) { cursor schoolReport { kind id record { id version text } } }
  schoolReports { id version text }
} }`;

/** A reader who polls about a youth, and takes over the reported changes. */
class Poller {
  readonly #youth: string;
  readonly #agency: string;
  readonly #permit: Permit;
  readonly #known = new Map<string, Row>();
  #cursor: string | null = null;

  constructor(youth: string, { agency, days }: (typeof READERS)[number]) {
    this.#youth = youth;
    this.#agency = agency;
    this.#permit = { ...permit(youth, SCHOOL, REPORT), ...days };
  }

  /** Polls. Resolves to the records known from all reports and to those that the ordinary field reads, in one order. */
  async poll(): Promise<{ readonly known: readonly Row[]; readonly read: readonly Row[] }> {
    const { data, errors } = await school.ask(
      { subject: 'p-1', actor: null, agency: this.#agency, roles: ['CASEWORKER'] },
      [this.#permit],
      POLL,
      { id: this.#youth, after: this.#cursor === null ? [] : [this.#cursor] },
    );
    expect(errors).toEqual([]);
    const { schoolNews, schoolReports } = (data?.youth ?? {}) as {
      schoolNews: { cursor: string; schoolReport: { kind: string; id: string; record: Row | null }[] };
      schoolReports: Row[];
    };
    for (const { kind, id, record } of schoolNews.schoolReport) {
      // C17: a reader who did not know of a record does not learn that it is gone.
      expect({ kind, wasKnown: this.#known.has(id) }).toEqual({ kind, wasKnown: kind !== 'RECORDED' });
      if (record === null) this.#known.delete(id);
      else this.#known.set(id, record);
    }
    this.#cursor = schoolNews.cursor;
    return { known: inOrder([...this.#known.values()]), read: inOrder(schoolReports) };
  }
}

function inOrder(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** A writer's changes to a record. Marks were changed long enough ago to have taken effect. */
const CHANGES = {
  correct: `text = text || '.'`,
  toJuly: `date = '2026-07-15'`,
  toAugust: `date = '2026-08-15'`,
  hold: `held = true, marked_at = '2026-01-01'`,
  release: `held = false, marked_at = '2026-01-01'`,
  clear: `text_cleared = NOT text_cleared, marked_at = '2026-01-01'`,
  withdraw: 'withdrawn_at = now()',
  restore: 'withdrawn_at = NULL',
} as const;
type Verb = keyof typeof CHANGES;
const VERBS = Object.keys(CHANGES) as Verb[];

/** One connection, and the records that its open transaction has changed. */
class Writer {
  readonly #connection: pg.Client;
  made: string[] = [];
  readonly touched = new Set<string>();
  isOpen = false;

  constructor(connection: pg.Client) {
    this.#connection = connection;
  }

  async begin(): Promise<void> {
    this.isOpen = true;
    await this.#connection.query('BEGIN');
    // Its number is drawn now, whatever it writes and whenever it commits.
    await this.#connection.query('SELECT pg_current_xact_id()');
  }

  async end(how: 'COMMIT' | 'ROLLBACK'): Promise<string[]> {
    await this.#connection.query(how);
    const made = how === 'COMMIT' ? this.made : [];
    this.isOpen = false;
    this.made = [];
    this.touched.clear();
    return made;
  }

  async record(youth: string, held: boolean): Promise<void> {
    const id = randomUUID();
    this.made.push(id);
    await this.#connection.query(
      `INSERT INTO agency.school_report (id, link_id, agency, author, recorded_at, held, date, text)
       SELECT $1, id, agency, 'p-1', now(), $2, '2026-07-15', 'text' FROM agency.link
       WHERE youth_id = $3 ORDER BY linked_at DESC LIMIT 1`,
      [id, held, youth],
    );
  }

  async change(id: string, verb: Verb): Promise<void> {
    this.touched.add(id);
    await this.#connection.query(
      `UPDATE agency.school_report SET version = version + 1, ${CHANGES[verb]} WHERE id = $1`,
      [id],
    );
  }

  async link(youth: string): Promise<void> {
    await this.#connection.query(
      `INSERT INTO agency.link (id, youth_id, agency, identity_number, linked_by, linked_at)
       VALUES ($1, $2, $3, $2::uuid::text, 'p-1', clock_timestamp())`,
      [randomUUID(), youth, SCHOOL],
    );
  }

  async unlink(youth: string): Promise<void> {
    await this.#connection.query(
      `UPDATE agency.link SET ended_at = '2026-01-01' WHERE youth_id = $1 AND ended_at IS NULL`,
      [youth],
    );
  }
}

const who = fc.nat(WRITERS - 1);
/** A step of a history: a writer begins, records, changes, links anew, commits or rolls back, or a reader polls. */
const STEP = fc.oneof(
  { weight: 2, arbitrary: fc.record({ does: fc.constant('begin' as const), who }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('record' as const), who, held: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('change' as const),
      who,
      which: fc.nat(),
      verb: fc.constantFrom(...VERBS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('relink' as const), who }) },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('end' as const),
      who,
      how: fc.constantFrom('COMMIT' as const, 'COMMIT' as const, 'COMMIT' as const, 'ROLLBACK' as const),
    }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('poll' as const), who: fc.nat(READERS.length - 1) }) },
);
type Step = typeof STEP extends fc.Arbitrary<infer T> ? T : never;

/** The history of one youth's records: transactions open side by side, and end in any order. */
class History {
  readonly #youth = randomUUID();
  readonly #writers = connections.map((connection) => new Writer(connection));
  readonly #pollers = READERS.map((reader) => new Poller(this.#youth, reader));
  #committed: string[] = [];
  #linking: Writer | null = null;

  async play(steps: readonly Step[]): Promise<void> {
    await this.#writers[0]?.link(this.#youth);
    try {
      for (const step of steps) await this.#take(step);
    } finally {
      for (const writer of this.#writers) if (writer.isOpen) await this.#end(writer, 'COMMIT');
    }
    for (const poller of this.#pollers) await agrees(poller);
  }

  async #take(step: Step): Promise<void> {
    const [writer, poller] = [this.#writers[step.who], this.#pollers[step.who]];
    if (step.does === 'poll') return poller === undefined ? undefined : agrees(poller);
    if (writer === undefined) return;
    if (step.does === 'begin') return writer.isOpen ? undefined : writer.begin();
    if (!writer.isOpen) return;
    if (step.does === 'end') return this.#end(writer, step.how);
    if (step.does === 'record') return writer.record(this.#youth, step.held);
    if (step.does === 'relink') return this.#relink(writer);
    const free = this.#freeFor(writer);
    const id = free[step.which % Math.max(free.length, 1)];
    if (id !== undefined) await writer.change(id, step.verb);
  }

  async #end(writer: Writer, how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    this.#committed = [...this.#committed, ...(await writer.end(how))];
    if (this.#linking === writer) this.#linking = null;
  }

  async #relink(writer: Writer): Promise<void> {
    if (this.#linking !== null) return;
    this.#linking = writer;
    await writer.unlink(this.#youth);
    await writer.link(this.#youth);
  }

  /** The records that no other open transaction holds: a step that waited for another transaction would never end. */
  #freeFor(writer: Writer): string[] {
    const taken = this.#writers.flatMap((other) => (other === writer ? [] : [...other.touched]));
    return [...this.#committed, ...writer.made].filter((id) => !taken.includes(id));
  }
}

async function agrees(poller: Poller): Promise<void> {
  const { known, read } = await poller.poll();
  expect(known).toEqual(read);
}

test('keeps a reader of the news up to date with what can be read, whatever commits late, and reports nothing else', async () => {
  const histories = fc.array(STEP, { minLength: 10, maxLength: 60, size: 'max' });
  await fc.assert(
    fc.asyncProperty(histories, (steps) => new History().play(steps)),
    { numRuns: tries(30, 600), endOnFailure: true },
  );
}, 600_000);

test('loses nothing while writers write at full speed', async () => {
  const youth = randomUUID();
  const writers = connections.map((connection) => new Writer(connection));
  await writers[0]?.link(youth);
  let writing = writers.length;
  let polls = 0;
  const written = writers.map(async (writer, index) => {
    const own: string[] = [];
    // Goes on until some polls have come between the writers' turns, on any machine.
    for (let turn = 0; turn < 30 || polls <= 5; turn += 1) {
      await writer.begin();
      await writer.record(youth, turn % 3 === 0);
      for (const [place, id] of own.entries()) {
        const verb = VERBS[(place + turn + index) % VERBS.length];
        if (verb !== undefined && place % 4 === turn % 4) await writer.change(id, verb);
      }
      own.push(...(await writer.end(turn % 7 === 6 ? 'ROLLBACK' : 'COMMIT')));
    }
    writing -= 1;
  });
  const pollers = READERS.map((reader) => new Poller(youth, reader));
  try {
    while (writing > 0) {
      await Promise.all(pollers.map((poller) => poller.poll()));
      polls += 1;
    }
  } finally {
    await Promise.all(written);
  }
  expect(polls).toBeGreaterThan(5);
  for (const poller of pollers) await agrees(poller);
});
