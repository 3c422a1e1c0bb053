import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
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

  async stop(): Promise<void> {
    await Promise.all([this.#owner, ...[...this.#sectors.values()].map(({ pool }) => pool)].map((pool) => pool.end()));
    await this.#server.stop();
    removePostgres(join(this.#folder, 'registry'));
    rmSync(this.#folder, { recursive: true });
  }
}

function categories(): Record<string, unknown>[] {
  const codes = new Set(Object.values(KINDS).flatMap((kinds) => kinds.map(({ category }) => category)));
  const said = {
    nameSv: 'kategori',
    nameEn: 'category',
    secrecy: 'OSL',
    retention: 'P1Y',
    date: 'day',
    guardedFields: [],
  };
  return [...codes].map((code) => ({ code, ...said, youthSigns: YOUTH_SIGNS.includes(code) }));
}
