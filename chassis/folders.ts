import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the hub's own subgraph. It has a database server to itself, and decides. All others are sectors. */
export const REGISTRY = 'registry';

/** The group of database roles that may call `registry.authorize`: one login role per sector. */
export const SECTOR_ROLES = 'samsyn_sector';

/** The role of the functions that erase entries of the log; nobody logs in as it. */
export const ERASURE_ROLE = 'samsyn_erasure';

/** The PostgreSQL servers. The registry has its own, so that a long transaction elsewhere cannot hold back its log. */
export type ServerName = 'registry' | 'sectors';

/** One folder under subgraphs/, and the names of everything that belongs to it. */
export interface Folder {
  /** The folder's name, for example `social-services`. */
  readonly name: string;
  readonly isRegistry: boolean;
  /** The name in environment variables, for example `SOCIAL_SERVICES`. */
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

/** A database login: role, server, and the environment variable that carries its URL. */
export interface Login {
  readonly variable: string;
  readonly server: ServerName;
  readonly role: string;
  readonly database: string;
  /** True if only an administrator's tool uses the login; without its variable the role cannot log in. */
  readonly optional: boolean;
  /** The purpose, as in the table of the operators' guide. */
  readonly purpose: string;
}

/** All subgraphs: each folder under subgraphs/ with an index.ts, sorted by name. */
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

/** The login that runs migrations. */
export function ownerLogin(folder: Folder): Login {
  const { server, database, owner: role } = folder;
  const purpose = 'The subgraph’s database, as its owner: `migrate` and operators’ commands.';
  return { variable: `SAMSYN_${folder.key}_OWNER_URL`, server, role, database, optional: false, purpose };
}

/** The subgraph's login to its own database. */
export function runtimeLogin(folder: Folder): Login {
  const { server, database, runtime: role } = folder;
  const purpose = 'The subgraph’s own database, as its runtime role.';
  return { variable: `SAMSYN_${folder.key}_DATABASE_URL`, server, role, database, optional: false, purpose };
}

/** The login of a sector to the registry; it may call `authorize`, `is_seated`, `take_lease` and `note_refused`, and nothing else. */
export function authorizeLogin(sector: Folder): Login {
  const { database } = folderNamed(REGISTRY);
  return {
    variable: `SAMSYN_${sector.key}_AUTHORIZE_URL`,
    server: 'registry',
    role: sector.runtime,
    database,
    optional: false,
    purpose:
      'The registry’s database, as the sector’s role: it may call `authorize`, `is_seated`, `take_lease` and `note_refused`, and nothing else.',
  };
}

/** The login that seals the access log; the role that serves cannot. */
export function sealerLogin(): Login {
  return { ...logLogin('sealer'), optional: false };
}

/** The registry's logins for sealing, auditing and erasing the access log: separate roles that do not serve. */
export function logLogins(): Login[] {
  return [sealerLogin(), auditorLogin(), eraserLogin(), erasureConfirmerLogin()];
}

/** The login of the administrator's tool that reads the access log. */
export function auditorLogin(): Login {
  return logLogin('auditor');
}

/** The login of the administrator's tool that proposes an erasure of the access log. */
export function eraserLogin(): Login {
  return logLogin('eraser');
}

/** The login of another person, who confirms the erasure and carries it out. Neither login can do the other's part. */
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

/** The logins of a folder's serving process: to its own database, and to the registry to ask or to seal. */
export function servingLogins(folder: Folder): Login[] {
  return [runtimeLogin(folder), folder.isRegistry ? sealerLogin() : authorizeLogin(folder)];
}

/** Every login of a folder. */
export function loginsOf(folder: Folder): Login[] {
  const own = [ownerLogin(folder), runtimeLogin(folder)];
  return folder.isRegistry ? [...own, ...logLogins()] : [...own, authorizeLogin(folder)];
}
