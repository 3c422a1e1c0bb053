import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that is the hub's own subgraph: it has a database server to itself, and decides. All others are sectors. */
export const REGISTRY = 'registry';

/** The group of database roles that may call `registry.authorize`: one login role per sector. */
export const SECTOR_ROLES = 'samsyn_sector';

/** The role that the functions which erase entries of the log run as; nobody logs in as it. */
export const ERASURE_ROLE = 'samsyn_erasure';

/** The PostgreSQL servers; the registry's is its own, so that a long transaction elsewhere cannot hold back its log. */
export type ServerName = 'registry' | 'sectors';

/** One folder under subgraphs/, and the names that everything about it goes by. */
export interface Folder {
  /** As the folder, `social-services`. */
  readonly name: string;
  readonly isRegistry: boolean;
  /** As environment variables have it, `SOCIAL_SERVICES`. */
  readonly key: string;
  readonly server: ServerName;
  readonly database: string;
  /** The schema that holds all its tables. */
  readonly schema: string;
  /** The role that owns the schema and runs migrations. */
  readonly owner: string;
  /** The role that serves. */
  readonly runtime: string;
}

/** A database login: who, where, and the environment variable that carries its URL. */
export interface Login {
  readonly variable: string;
  readonly server: ServerName;
  readonly role: string;
  readonly database: string;
  /** A login that nothing but an administrator's tool uses; without its variable the role cannot log in. */
  readonly optional: boolean;
  /** Its purpose, as the table of the operators' guide states it. */
  readonly purpose: string;
}

/** The subgraphs that there are: each folder under subgraphs/ with an index.ts, by name. */
export function folders(root = fileURLToPath(new URL('../subgraphs', import.meta.url))): Folder[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, 'index.ts')))
    .map(({ name }) => folderNamed(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The names that follow from a folder's name. */
export function folderNamed(name: string): Folder {
  const isRegistry = name === REGISTRY;
  const word = name.replaceAll('-', '_');
  return {
    name,
    isRegistry,
    key: word.toUpperCase(),
    server: isRegistry ? 'registry' : 'sectors',
    database: `samsyn_${word}`,
    schema: isRegistry ? 'registry' : 'agency',
    owner: `samsyn_${word}_owner`,
    runtime: `samsyn_${word}`,
  };
}

/** The login by which migrations run. */
export function ownerLogin(folder: Folder): Login {
  const { server, database, owner: role } = folder;
  const purpose = 'The subgraph’s database, as its owner: `migrate` and operators’ commands.';
  return { variable: `SAMSYN_${folder.key}_OWNER_URL`, server, role, database, optional: false, purpose };
}

/** The login by which the subgraph serves its own database. */
export function runtimeLogin(folder: Folder): Login {
  const { server, database, runtime: role } = folder;
  const purpose = 'The subgraph’s own database, as its runtime role.';
  return { variable: `SAMSYN_${folder.key}_DATABASE_URL`, server, role, database, optional: false, purpose };
}

/** The login by which a sector asks the registry; it may call `authorize` and nothing else. */
export function authorizeLogin(sector: Folder): Login {
  const { database } = folderNamed(REGISTRY);
  return {
    variable: `SAMSYN_${sector.key}_AUTHORIZE_URL`,
    server: 'registry',
    role: sector.runtime,
    database,
    optional: false,
    purpose: 'The registry’s database, as the sector’s role: it may call `authorize` and nothing else.',
  };
}

/** The login by which the registry's process seals the access log; the role that serves cannot. */
export function sealerLogin(): Login {
  return { ...logLogin('sealer'), optional: false };
}

/** The registry's logins for sealing, auditing and erasing the access log: separate roles, none of which serves. */
export function logLogins(): Login[] {
  return [sealerLogin(), auditorLogin(), eraserLogin(), erasureConfirmerLogin()];
}

/** The login by which an administrator's tool reads the access log. */
export function auditorLogin(): Login {
  return logLogin('auditor');
}

/** The login by which an administrator's tool proposes what to erase of the access log. */
export function eraserLogin(): Login {
  return logLogin('eraser');
}

/** The login by which somebody else confirms it, and it is erased: neither login can do the other's part. */
export function erasureConfirmerLogin(): Login {
  return logLogin('erasure_confirmer');
}

/** The logins that work on the access log, each with its purpose. */
const DUTIES = {
  sealer: 'The registry’s database, as the role that seals the access log.',
  auditor: 'The registry’s database, as the role that exports the access log: `npm run audit -- export`.',
  eraser: 'The registry’s database, as the role that proposes an erasure: `npm run audit -- erase propose`.',
  erasure_confirmer:
    'The registry’s database, as the role that confirms an erasure: `npm run audit -- erase confirm`. Give it to another person.',
} as const;

function logLogin(duty: keyof typeof DUTIES): Login {
  const { key, server, database } = folderNamed(REGISTRY);
  return {
    variable: `SAMSYN_${key}_${duty.toUpperCase()}_URL`,
    server,
    role: `samsyn_${duty}`,
    database,
    optional: true,
    purpose: DUTIES[duty],
  };
}

/** The logins of a folder's serving process: its own database's, and the registry's to ask, or to seal. */
export function servingLogins(folder: Folder): Login[] {
  return [runtimeLogin(folder), folder.isRegistry ? sealerLogin() : authorizeLogin(folder)];
}

/** Every login that a folder brings. */
export function loginsOf(folder: Folder): Login[] {
  const own = [ownerLogin(folder), runtimeLogin(folder)];
  return folder.isRegistry ? [...own, ...logLogins()] : [...own, authorizeLogin(folder)];
}
