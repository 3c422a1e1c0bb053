import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Role } from '../../schema/caller.ts';
import { Authorizer, type Question } from '../../subgraphs/authorize.ts';
import { createPool } from '../../subgraphs/database.ts';
import { databaseUrls, randomPassword } from '../../subgraphs/database-urls.ts';
import type { Permit } from '../../subgraphs/decisions.ts';
import { authorizeLogin, folderNamed, loginsOf, ownerLogin } from '../../subgraphs/folders.ts';
import { migrate } from '../../subgraphs/migrate.ts';
import { type PostgresServer, removePostgres, startPostgres } from '../../subgraphs/postgres.ts';
import { provision } from '../../subgraphs/provision.ts';
import { migrations } from '../../subgraphs/registry/migrations/index.ts';
import { AGENCIES, KINDS, YOUTH_SIGNS } from './histories.ts';
import { instant, type Names, scenery, statementOf } from './replay.ts';
import type { Reason } from './rule.ts';
import type { Fact } from './world.ts';

const REGISTRY = folderNamed('registry');
const SECTORS = Object.keys(KINDS).map(folderNamed);

/**
 * Plans are made when the tables are new and nothing is known about them; without this they would read whole tables, which
 * grow by every replay.
 */
const PLANS = `?options=${encodeURIComponent('-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off')}`;

/** What one entry of the access log says about a unit. */
export interface LoggedUnit {
  readonly request_id: string;
  readonly youth: string;
  readonly category: string;
  readonly whereabouts: boolean;
  readonly source: string | null;
  readonly permitted: boolean;
  readonly reason: string;
  readonly group_id: string | null;
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

/** The registry's real database, on a server of its own, where the owner has put the clock under the test's command. */
export class RegistryUnderTest {
  readonly #folder: string;
  readonly #server: PostgresServer;
  readonly #owner: pg.Pool;
  readonly #sectors: ReadonlyMap<string, { pool: pg.Pool; authorizer: Authorizer }>;

  private constructor(folder: string, server: PostgresServer, urls: Readonly<Record<string, string>>) {
    const pool = (variable: string) => {
      const opened = createPool(`${urls[variable]}${PLANS}`, 1);
      // The pool says goodbye without waiting, and the server that stops may be faster.
      opened.on('error', (error) => {
        if (!opened.ended) throw error;
      });
      return opened;
    };
    this.#folder = folder;
    this.#server = server;
    this.#owner = pool(ownerLogin(REGISTRY).variable);
    this.#sectors = new Map(
      SECTORS.map((sector) => {
        const asking = pool(authorizeLogin(sector).variable);
        return [sector.name, { pool: asking, authorizer: new Authorizer(asking) }];
      }),
    );
  }

  static async start(): Promise<RegistryUnderTest> {
    const base = mkdtempSync(join(tmpdir(), 'samsyn-model-'));
    chmodSync(base, 0o755);
    const server = await startPostgres({ folder: join(base, 'registry'), port: 0, fsync: false });
    const folders = [REGISTRY, ...SECTORS];
    const host = `127.0.0.1:${server.port}`;
    // Both servers' roles are on this one, and share their passwords.
    const password = randomPassword();
    const passwords = Object.fromEntries(folders.flatMap(loginsOf).map(({ variable }) => [variable, password]));
    const urls = databaseUrls(folders, { registry: host, sectors: host }, passwords);
    await provision({ folders, admin: { registry: server.adminUrl, sectors: server.adminUrl }, urls, demo: false });
    const subgraphs = folders.map((folder) => ({
      folder,
      subgraph: { migrations: folder === REGISTRY ? migrations : [] },
    }));
    await migrate({ subgraphs, urls, demo: false, categories: categories() });
    const registry = new RegistryUnderTest(base, server, urls);
    await registry.#owner.query(
      `CREATE OR REPLACE FUNCTION registry.clock() RETURNS timestamptz LANGUAGE sql STABLE
         AS $$ SELECT current_setting('test.now')::timestamptz $$;
       CREATE INDEX entry_of_youth ON registry.entry (youth); ${scenery(AGENCIES)};
       -- Nobody seals this log, and the histories take longer than a minute.
       UPDATE seal.state SET lag_limit = interval '1 hour'`,
    );
    return registry;
  }

  /** Records facts, each with the clock at its recording. */
  async record(facts: readonly Fact[], names: Names): Promise<void> {
    await this.#owner.query(facts.map((fact) => statementOf(fact, names)).join('\n'));
  }

  /** What `authorize` answers a sector at `t`, question by question. */
  async ask(sector: string, t: number, questions: readonly Question[]): Promise<Permit[][]> {
    const asking = this.#sectors.get(sector);
    if (asking === undefined) throw new RangeError(`Expected a sector that takes part, got ${sector}.`);
    await asking.pool.query(`SET test.now = ${instant(t)}`);
    return Promise.all(questions.map((question) => asking.authorizer.decide(question)));
  }

  /** The decisions about these youths in the access log. */
  async entries(youths: readonly string[]): Promise<LoggedUnit[]> {
    const { rows } = await this.#owner.query<LoggedUnit>(
      `SELECT e.request_id, e.youth, coalesce(c.code, '') AS category, e.whereabouts, a.code AS source, e.permitted,
         e.reason, e.group_id, e.consent, e.consent_version, e.consent_grant
       FROM registry.entry e LEFT JOIN registry.category c ON c.id = e.category
         LEFT JOIN registry.agency a ON a.id = e.source
       WHERE e.youth = ANY ($1) AND e.kind = 'DECISION' AND e.action IS NOT NULL`,
      [youths],
    );
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
      `INSERT INTO registry.entry (kind, permitted, request_id, operation_hash, caller, roles, youth, name)
       SELECT 'CHANGE', true, gen_random_uuid(), 'model', 'model', 1, youth, 'model' FROM unnest($1::uuid[]) AS youth`,
      [youths],
    );
  }

  async stop(): Promise<void> {
    await Promise.all([this.#owner, ...[...this.#sectors.values()].map(({ pool }) => pool)].map((pool) => pool.end()));
    await this.#server.stop();
    removePostgres(join(this.#folder, 'registry'));
    rmSync(this.#folder, { recursive: true });
  }
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
