import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loginVariable } from '../../chassis/database-urls.ts';
import {
  auditorLogin,
  authorizeLogin,
  eraserLogin,
  erasureConfirmerLogin,
  folderNamed,
  folders,
  loginsOf,
  ownerLogin,
  REGISTRY,
} from '../../chassis/folders.ts';
import { servingVariables } from '../../chassis/serve/serving-configuration.ts';
import { gatewayVariables } from '../../gateway/config.ts';
import type { Variable } from '../../process/configuration.ts';
import { ROOT } from '../../process/root.ts';
import { StartError } from '../../process/start-error.ts';
import { ALARM_VARIABLES } from '../../subgraphs/registry/log/alarm/alarm-configuration.ts';
import { SEAL_VARIABLES } from '../../subgraphs/registry/log/seal/seal-configuration.ts';
import { ADMIN_VARIABLES } from '../databases/provision.ts';
import { START_VARIABLES } from '../start-configuration.ts';

/** The guide that holds the table. */
export const GUIDE = 'docs/operators.md';
const BEGIN = '<!-- variables: written by npm run schema -->';
const END = '<!-- variables end -->';

/** Stands for any sector in the names of variables; SECTOR is its folder's name in capitals. */
const ANY = folderNamed('sector');

interface Described {
  readonly variable: Variable<unknown>;
  /** The processes and commands that read it. */
  readonly readers: ReadonlySet<string>;
}

/** The operators' guide with the current table of variables. */
export function operatorsGuide(): string {
  const text = readFileSync(join(ROOT, GUIDE), 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin)
    throw new StartError(`${GUIDE} lacks the lines "${BEGIN}" and "${END}": put them around the table of variables.`);
  return `${text.slice(0, begin)}${BEGIN}\n\n${variableTable()}\n\n${text.slice(end)}`;
}

/** The table of every variable that a process of the hub reads, made from the specifications. */
export function variableTable(): string {
  const sectors = folders().filter(({ isRegistry }) => !isRegistry);
  const rows = described().map(({ variable, readers }) => {
    if (variable.purpose === undefined) throw new StartError(`${variable.name} has no purpose: state it with meant().`);
    return `| \`${variable.name}\` | ${[...readers].join(', ')} | ${variable.purpose} | ${variable.expected} | ${otherwise(variable)} |`;
  });
  return [
    `\`SECTOR\` stands for each sector: ${sectors.map(({ key }) => `\`${key}\``).join(', ')}.`,
    '',
    '| variable | read by | purpose | expected | if unset |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function described(): Described[] {
  const registry = folderNamed(REGISTRY);
  const logins = [registry, ANY].flatMap(loginsOf);
  const read: readonly (readonly [string, readonly Variable<unknown>[]])[] = [
    ['gateway', gatewayVariables([registry.name, ANY.name])],
    // A registry asks nobody to decide, so its authorize URL is left out.
    ['registry', servingVariables(registry).filter(({ name }) => name !== authorizeLogin(registry).variable)],
    ['registry', ALARM_VARIABLES],
    ['sealer', SEAL_VARIABLES],
    ['each sector', servingVariables(ANY)],
    ['`provision`', [...ADMIN_VARIABLES, ...logins.map(loginVariable)]],
    ['`migrate`', [registry, ANY].map(ownerLogin).map(loginVariable)],
    ['`registry`, `programme`', [loginVariable(ownerLogin(registry))]],
    ['`audit`', [auditorLogin(), eraserLogin(), erasureConfirmerLogin()].map(loginVariable)],
    ['`npm start`', START_VARIABLES],
  ];
  const found = new Map<string, Described>();
  for (const [reader, variables] of read) {
    for (const variable of variables) {
      const known = found.get(variable.name);
      // The first reader describes a variable for all.
      found.set(variable.name, {
        variable: known?.variable ?? variable,
        readers: new Set([...(known?.readers ?? []), reader]),
      });
    }
  }
  return [...found.values()];
}

function otherwise({ absent }: Variable<unknown>): string {
  if (absent === undefined) return 'required';
  const { value } = absent;
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return `\`${value.join(',')}\``;
  return `\`${String(value).replace(ROOT, '').replace(/^\//, '')}\``;
}
