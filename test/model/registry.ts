import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { databaseUrls, randomPassword } from '../../chassis/database-urls.ts';
import { Authorizer, type Permit, type Question } from '../../chassis/decide/authorize.ts';
import { authorizeLogin, folderNamed, loginsOf, ownerLogin } from '../../chassis/folders.ts';
import { createPool } from '../../chassis/store/database.ts';
import type { Subgraph } from '../../chassis/subgraph.ts';
import { migrate } from '../../hub/databases/migrate.ts';
import { provision } from '../../hub/databases/provision.ts';
import { type PostgresServer, removePostgres, startPostgres } from '../../hub/postgres/postgres.ts';
import type { Role } from '../../schema/caller.ts';
import { OPEN_LOG } from '../setup/open-log.ts';
import { AGENCIES, KINDS, YOUTH_SIGNS } from './histories.ts';
import { instant, type Names, scenery, statementOf } from './replay.ts';
import type { Reason } from './rule.ts';
import type { Fact } from './world.ts';

const REGISTRY = folderNamed('registry');
const SECTORS = Object.keys(KINDS).map(folderNamed);
const FOLDERS = [REGISTRY, ...SECTORS];

/**
 * Plans are made when the tables are new and nothing is known about them; without this they would read whole tables, which
 * grow by every replay, and be made anew for every fact.
 */
const SETTINGS = ['enable_seqscan=off', 'enable_hashjoin=off', 'enable_mergejoin=off', 'jit=off'];
const PLANS = ['plan_cache_mode=force_generic_plan', ...SETTINGS].map((setting) => `-c ${setting}`).join(' ');

/** What one entry of the access log says about a unit. */
export interface LoggedUnit {
  readonly request_id: string;
  readonly operation_hash: string;
  readonly operation_name: string | null;
  readonly answer: string | null;
  readonly caller: string;
  readonly actor: string | null;
  readonly agency: string | null;
  readonly unknown_agency: string | null;
  readonly roles: number;
  readonly action: number;
  readonly youth: string;
  readonly protected: boolean;
  readonly assigned: boolean;
  readonly category: string;
  readonly whereabouts: boolean;
  readonly fields: string;
  readonly source: string | null;
  readonly permitted: boolean;
  readonly reason: string;
  readonly at: number;
  readonly group_id: string | null;
  readonly programme: string | null;
  readonly consent: string | null;
  readonly consent_version: number | null;
  readonly consent_grant: string | null;
}

/** One row of the consent matrix, as the registry's function gives it. */
export interface MatrixRow {
  readonly youth: string;
  readonly group: string;
  readonly source: string;
  readonly recipient: string;
  readonly category: string;
  readonly whereabouts: boolean;
  readonly reason: Reason;
  readonly ending: boolean;
  readonly until: Date | null;
  readonly dataFrom: string | null;
  readonly dataTo: string | null;
}

/** Who holds a seat now, and with which roles. */
export interface Holder {
  readonly youth: string;
  readonly group: string;
  readonly agency: string;
  readonly subject: string;
  readonly roles: Role[];
}

/** Connections of every sector and of the owner, in which one history at a time is replayed. */
export class Lane {
  readonly #owner: pg.Pool;
  readonly #sectors: ReadonlyMap<string, { pool: pg.Pool; authorizer: Authorizer }>;

  constructor(urls: Readonly<Record<string, string>>) {
    this.#owner = openPool(urls[ownerLogin(REGISTRY).variable]);
    this.#sectors = new Map(
      SECTORS.map((sector) => {
        const pool = openPool(urls[authorizeLogin(sector).variable]);
        return [sector.name, { pool, authorizer: new Authorizer(pool) }];
      }),
    );
  }

  /** Records facts, each with the clock at its recording. */
  async record(facts: readonly Fact[], names: Names): Promise<void> {
    await this.#owner.query(facts.map((fact) => statementOf(fact, names)).join('\n'));
  }

  /** What `authorize` answers a sector at `t`, question by question. */
  async ask(sector: string, t: number, questions: readonly Question[]): Promise<Permit[][]> {
    const { authorizer } = await this.#asking(sector, t);
    return Promise.all(questions.map((question) => authorizer.decide(question)));
  }

  /** Runs a statement of a sector's own at `t`. */
  async query<Row extends pg.QueryResultRow>(
    sector: string,
    t: number,
    text: string,
    values: unknown[],
  ): Promise<Row[]> {
    const { pool } = await this.#asking(sector, t);
    return (await pool.query<Row>(text, values)).rows;
  }

  /** Runs statements as the owner of the database; with values only one. */
  async own<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]> {
    return (await this.#owner.query<Row>(text, values)).rows;
  }

  /** The decisions about these youths that were taken at `t`, as the access log tells them, each found by its row's youths. */
  async entries(youths: readonly string[], t: number): Promise<LoggedUnit[]> {
    const { rows } = await this.#owner.query<LoggedUnit>({
      name: 'entries',
      text: `SELECT e.request_id, e.operation_hash, e.operation_name, e.answer, e.caller, e.actor, o.code AS agency, e.unknown_agency,
           e.roles, e.action, e.youth, e.protected, e.assigned, coalesce(c.code, '') AS category, e.whereabouts, e.fields,
           a.code AS source, e.permitted, e.reason, (extract(epoch FROM e.at) * 1000)::float8 AS at, e.group_id,
           p.code AS programme, e.consent, e.consent_version, e.consent_grant
         FROM registry.entry e LEFT JOIN registry.category c ON c.id = e.category
           LEFT JOIN registry.agency a ON a.id = e.source LEFT JOIN registry.agency o ON o.id = e.agency
           LEFT JOIN registry.programme p ON p.id = e.programme
         WHERE e.part_youth && $1::uuid[] AND e.youth = ANY ($1) AND e.at = $2 AND e.kind = 'DECISION' AND e.action IS NOT NULL`,
      values: [youths, new Date(t)],
    });
    return rows;
  }

  /** The consent matrix of all groups of these youths at `t`. */
  async matrix(t: number, youths: readonly string[]): Promise<MatrixRow[]> {
    await this.#owner.query(`SET test.now = ${instant(t)}`);
    const { rows } = await this.#owner.query<MatrixRow>(
      `SELECT g.youth, m.group_id AS "group", s.code AS source, r.code AS recipient, k.code AS category, m.whereabouts,
         m.reason, m.ending, m.until, m.data_from AS "dataFrom", m.data_to AS "dataTo"
       FROM registry.consent_matrix(ARRAY(
         SELECT id FROM registry.intervention_group WHERE youth = ANY ($1)
       ), registry.clock() - interval '10 seconds') m
       JOIN registry.intervention_group g ON g.id = m.group_id
       JOIN registry.agency s ON s.id = m.source JOIN registry.agency r ON r.id = m.recipient
       JOIN registry.category k ON k.id = m.category`,
      [youths],
    );
    return rows;
  }

  /** Who holds the seats of these youths' groups at `t`. */
  async holders(t: number, youths: readonly string[]): Promise<Holder[]> {
    await this.#owner.query(`SET test.now = ${instant(t)}`);
    const { rows } = await this.#owner.query<Holder>(
      `SELECT g.youth, s.group_id AS "group", a.code AS agency, s.subject, array_agg(s.role) AS roles
       FROM registry.seat_held s JOIN registry.intervention_group g ON g.id = s.group_id
       JOIN registry.agency a ON a.id = s.agency
       WHERE g.youth = ANY ($1) AND s.subject IS NOT NULL GROUP BY g.youth, s.group_id, a.code, s.subject`,
      [youths],
    );
    return rows;
  }

  /** Appends the entry that a mutation would leave of a change about each of these youths at `t`. */
  async noteChange(t: number, youths: readonly string[]): Promise<void> {
    await this.#owner.query(`SET test.now = ${instant(t)}`);
    await this.#owner.query(
      `INSERT INTO registry.log_row (kind, request_id, operation_hash, caller, roles, name, part_youth, part_from, unit_part,
         unit_permitted)
       SELECT 'CHANGE', gen_random_uuid(), 'model', 'model', 1, 'model', ARRAY[youth], '{1,2}', '{1}', '{true}'
       FROM unnest($1::uuid[]) AS youth`,
      [youths],
    );
  }

  async end(): Promise<void> {
    await Promise.all([this.#owner, ...[...this.#sectors.values()].map(({ pool }) => pool)].map((pool) => pool.end()));
  }

  async #asking(sector: string, t: number): Promise<{ pool: pg.Pool; authorizer: Authorizer }> {
    const asking = this.#sectors.get(sector);
    if (asking === undefined) throw new RangeError(`Expected a sector that takes part, got ${sector}.`);
    await asking.pool.query(`SET test.now = ${instant(t)}`);
    return asking;
  }
}

/** The registry's real database, on a server of its own, where the owner has put the clock under the test's command. */
export class RegistryUnderTest {
  /** So many histories can be replayed side by side. */
  lanes: readonly Lane[] = [];
  readonly #folder: string;
  readonly #server: PostgresServer;
  readonly #urls: Readonly<Record<string, string>>;

  private constructor(folder: string, server: PostgresServer) {
    this.#folder = folder;
    this.#server = server;
    const host = `127.0.0.1:${server.port}`;
    // Both servers' roles are on this one, and share their passwords.
    const password = randomPassword();
    const passwords = Object.fromEntries(FOLDERS.flatMap(loginsOf).map(({ variable }) => [variable, password]));
    this.#urls = databaseUrls(FOLDERS, { registry: host, sectors: host }, passwords);
  }

  /** Starts the server, without a registry, which takes a second. */
  static async start(): Promise<RegistryUnderTest> {
    const folder = mkdtempSync(join(tmpdir(), 'samsyn-model-'));
    chmodSync(folder, 0o755);
    return new RegistryUnderTest(
      folder,
      await startPostgres({ folder: join(folder, 'registry'), port: 0, fsync: false }),
    );
  }

  /** Makes the registry anew, by these migrations, with as many lanes. */
  async make(migrations: Subgraph['migrations'], lanes: number): Promise<void> {
    await this.#endLanes();
    const admin = { registry: this.#server.adminUrl, sectors: this.#server.adminUrl };
    await asAdmin(this.#server.adminUrl, `DROP DATABASE IF EXISTS ${REGISTRY.database} WITH (FORCE)`);
    await provision({ folders: FOLDERS, admin, urls: this.#urls, demo: false });
    const subgraphs = FOLDERS.map((folder) => ({
      folder,
      subgraph: { migrations: folder === REGISTRY ? migrations : { tables: [], functions: [] } },
    }));
    await migrate({ subgraphs, urls: this.#urls, demo: false, categories: categories() });
    this.lanes = Array.from({ length: lanes }, () => new Lane(this.#urls));
    await this.lanes[0]?.own(
      `CREATE OR REPLACE FUNCTION registry.clock() RETURNS timestamptz LANGUAGE sql STABLE
         AS $$ SELECT current_setting('test.now')::timestamptz $$;
       ${scenery(AGENCIES)};
       ${OPEN_LOG}`,
    );
  }

  async stop(): Promise<void> {
    await this.#endLanes();
    await this.#server.stop();
    removePostgres(join(this.#folder, 'registry'));
    rmSync(this.#folder, { recursive: true });
  }

  async #endLanes(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.end()));
    this.lanes = [];
  }
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function openPool(url: string | undefined): pg.Pool {
  const pool = createPool(`${url}?options=${encodeURIComponent(PLANS)}`, 1);
  // The pool says goodbye without waiting, and the server that stops may be faster.
  pool.on('error', (error) => {
    if (!pool.ended) throw error;
  });
  return pool;
}

function categories(): Record<string, unknown>[] {
  const kinds = new Map(Object.values(KINDS).flatMap((all) => all.map((kind) => [kind.category, kind] as const)));
  const said = { nameSv: 'kategori', nameEn: 'category', secrecy: 'OSL', retention: 'P1Y', date: 'day' };
  return [...kinds.values()].map(({ category: code, whereabouts }) => {
    const fields = [`${code}.field`];
    return {
      ...said,
      code,
      youthSigns: YOUTH_SIGNS.includes(code),
      guardedFields: fields,
      whereaboutsFields: whereabouts ? fields : [],
    };
  });
}
