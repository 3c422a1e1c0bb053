import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import pg from 'pg';
import { type DatabaseUrls, givenUrls, loginVariable, urlsOf } from '../../chassis/database-urls.ts';
import {
  ERASURE_ROLE,
  type Folder,
  folderNamed,
  folders,
  type Login,
  loginsOf,
  REGISTRY,
  SECTOR_ROLES,
  type ServerName,
} from '../../chassis/folders.ts';
import { demandVersion } from '../../chassis/store/demand-server.ts';
import { exitOnFault, meant, readConfiguration, url, type Variable } from '../../process/configuration.ts';
import { StartError } from '../../process/start-error.ts';
import { demoMarkSql } from './demo-mark.ts';

/** The input of `provision`. */
export interface Provisioning {
  readonly folders: readonly Folder[];
  /** Superuser URLs to any database of each server. */
  readonly admin: Readonly<Record<ServerName, string>>;
  /** The logins to make, with their passwords. */
  readonly urls: DatabaseUrls;
  /** Set to mark the new databases as the demo's: only these are ever filled. */
  readonly demo: boolean;
}

/**
 * Makes roles and databases with least privilege on both servers; repeating it gives the same result. It takes CONNECT
 * and EXECUTE from PUBLIC. A sector's role gets its own database and, in the registry's, only what the migrations grant
 * to the group of the sectors' roles.
 */
export async function provision(provisioning: Provisioning): Promise<void> {
  const servers: ServerName[] = ['registry', 'sectors'];
  await Promise.all(servers.map((server) => provisionServer(server, provisioning)));
}

/** Serializes provisioning on one server. */
const PROVISIONING_LOCK = 7_267_201;
/**
 * The longest transaction of a serving role. A longer one is ended, because it would hold back the sealing of the log
 * (DESIGN section 5).
 */
const TRANSACTION_TIMEOUT = '10s';
/**
 * Settings that keep values out of PostgreSQL's log. It would log a failed statement, values and personal identity
 * numbers included, and quote the row in the error's detail. Only a superuser may change them.
 */
const QUIET = [
  ['log_min_error_statement', 'panic'],
  ['log_error_verbosity', 'terse'],
] as const;

async function provisionServer(server: ServerName, { folders, admin, urls, demo }: Provisioning): Promise<void> {
  const here = folders.filter((folder) => folder.server === server);
  const logins = folders.flatMap(loginsOf).filter((login) => login.server === server);
  const client = new pg.Client({ connectionString: admin[server], application_name: 'samsyn provision' });
  await client.connect();
  try {
    await demandVersion(client, `SAMSYN_${server.toUpperCase()}_ADMIN_URL`);
    await requireSuperuser(client, server);
    await client.query(`SELECT pg_advisory_lock(${PROVISIONING_LOCK})`);
    await client.query(rolesSql(server, logins, urls));
    const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database');
    const there = new Set(rows.map(({ datname }) => datname));
    for (const folder of here) {
      if (!there.has(folder.database)) await makeDatabase(client, admin[server], folder, there, demo);
    }
    await Promise.all(here.map((folder) => inDatabase(admin[server], folder.database, grantsSql(folder, logins))));
  } finally {
    await client.end();
  }
}

async function requireSuperuser(client: pg.Client, server: ServerName): Promise<void> {
  const { rows } = await client.query('SELECT rolsuper FROM pg_roles WHERE rolname = current_user');
  if (rows[0]?.rolsuper === true) return;
  throw new StartError(
    `SAMSYN_${server.toUpperCase()}_ADMIN_URL is wrong: expected the URL of a superuser of that server.`,
  );
}

function rolesSql(server: ServerName, logins: readonly Login[], urls: DatabaseUrls): string {
  const groups = server === 'registry' ? [SECTOR_ROLES, ERASURE_ROLE] : [];
  const made = [...groups, ...logins.map(({ role }) => role)].map(
    (role) =>
      `IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${pg.escapeIdentifier(role)}; END IF;`,
  );
  const set = logins.map((login) => {
    const role = pg.escapeIdentifier(login.role);
    const url = urls[login.variable];
    const may =
      url === undefined
        ? 'NOLOGIN'
        : `LOGIN PASSWORD '${scramVerifier(decodeURIComponent(new URL(urlsOf(url)[0] ?? url).password))}'`;
    const limits = `ALTER ROLE ${role} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS ${may};`;
    const owner = login.variable.endsWith('_OWNER_URL');
    const asks = login.variable.endsWith('_AUTHORIZE_URL');
    return [
      limits,
      ...QUIET.map(([setting, value]) => `ALTER ROLE ${role} SET ${setting} = '${value}';`),
      owner ? '' : `ALTER ROLE ${role} SET transaction_timeout = '${TRANSACTION_TIMEOUT}';`,
      owner ? '' : `ALTER ROLE ${role} SET synchronous_commit = on;`,
      asks ? `GRANT ${SECTOR_ROLES} TO ${role};` : '',
    ].join('');
  });
  // Migrations give this role its functions; the owner gains nothing by becoming this role, because the log rejects it.
  const erasure = logins
    .filter(({ role }) => role === folderNamed(REGISTRY).owner)
    .map(({ role }) => `GRANT ${ERASURE_ROLE} TO ${role} WITH INHERIT FALSE, SET TRUE;`);
  const closed = ['postgres', 'template1'].map((name) => `REVOKE ALL ON DATABASE ${name} FROM PUBLIC;`);
  return `DO $$ BEGIN ${made.join('\n')} END $$; ${set.join('\n')} ${erasure.join('\n')} ${closed.join('\n')}`;
}

/**
 * Makes the database under another name and renames it last, so that an existing database is always whole, mark
 * included.
 */
async function makeDatabase(
  client: pg.Client,
  adminUrl: string,
  { database, owner }: Folder,
  there: ReadonlySet<string>,
  demo: boolean,
): Promise<void> {
  const making = `${database}_making`;
  if (there.has(making)) await client.query(`DROP DATABASE ${making} WITH (FORCE)`);
  await client.query(
    `CREATE DATABASE ${making} OWNER ${owner} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'`,
  );
  if (demo) await inDatabase(adminUrl, making, demoMarkSql(owner));
  await client.query(`ALTER DATABASE ${making} RENAME TO ${database}`);
}

function grantsSql({ database, schema, owner, runtime, isRegistry }: Folder, logins: readonly Login[]): string {
  const others = isRegistry
    ? [SECTOR_ROLES, ...logins.filter((login) => login.role !== owner && !isAuthorize(login)).map(({ role }) => role)]
    : [runtime];
  const paths = [owner, runtime].map(
    (role) => `ALTER ROLE ${role} IN DATABASE ${database} SET search_path = ${schema};`,
  );
  // In a sector's own database the serving role uses every table; in the registry's, migrations grant them one by one.
  const tables = isRegistry
    ? ''
    : `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA ${schema} GRANT SELECT, INSERT, UPDATE ON TABLES TO ${runtime};
       ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA ${schema} GRANT USAGE ON SEQUENCES TO ${runtime};`;
  return `REVOKE ALL ON DATABASE ${database} FROM PUBLIC;
    GRANT CONNECT ON DATABASE ${database} TO ${others.join(', ')};
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO ${owner};
    CREATE SCHEMA IF NOT EXISTS ${schema} AUTHORIZATION ${owner};
    GRANT USAGE ON SCHEMA ${schema} TO ${others.join(', ')};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    ${paths.join('\n')} ${tables}`;
}

function isAuthorize({ variable }: Login): boolean {
  return variable.endsWith('_AUTHORIZE_URL');
}

async function inDatabase(adminUrl: string, database: string, sql: string): Promise<void> {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: url.href, application_name: 'samsyn provision' });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/**
 * PostgreSQL's stored form of a password (RFC 5803). With it no password is ever in a statement or in the server's log.
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  const iterations = 4096;
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

const ADMINS = {
  registry: meant(
    'URL of a superuser of the registry’s PostgreSQL server.',
    url('SAMSYN_REGISTRY_ADMIN_URL', ['postgres:', 'postgresql:']),
  ),
  sectors: meant(
    'URL of a superuser of the sectors’ PostgreSQL server.',
    url('SAMSYN_SECTORS_ADMIN_URL', ['postgres:', 'postgresql:']),
  ),
};

/** The variables of the two servers' superusers, which only `provision` reads. */
export const ADMIN_VARIABLES: readonly Variable<unknown>[] = Object.values(ADMINS);

/** `npm run provision`: provisions both servers, by the URLs in the environment. */
async function main(): Promise<void> {
  const all = folders();
  const logins = all.flatMap(loginsOf).map((login) => [login.variable, loginVariable(login)] as const);
  const { registry, sectors, ...urls } = readConfiguration(process.env, {
    ...Object.fromEntries(logins),
    ...ADMINS,
  });
  await provision({ folders: all, admin: { registry, sectors }, urls: givenUrls(urls), demo: false });
}

if (import.meta.main) exitOnFault(main);
