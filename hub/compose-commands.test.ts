import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { folders } from '../chassis/folders.ts';
import { type Child, type Program, runChild, startChild } from './child.ts';
import { adminVariables, renderCompose, secretName } from './deploy/compose-file.ts';
import { writeSecrets } from './deploy/secrets.ts';
import { type PostgresServer, removePostgres, startPostgres } from './postgres/postgres.ts';

interface Service {
  command: string[];
  environment: Record<string, string>;
}

const { services }: { services: Record<string, Service> } = parse(renderCompose(), { version: '1.1' });
const servers: PostgresServer[] = [];
const children = new Map<string, Child>();
let base: string;

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'samsyn-compose-'));
  chmodSync(base, 0o755);
  const start = (name: string) => startPostgres({ folder: join(base, name), port: 0, fsync: false });
  const [registry, sectors] = await Promise.all([start('registry'), start('sectors')]);
  servers.push(registry, sectors);
  const secrets = join(base, 'secrets');
  mkdirSync(secrets);
  for (const [name, { adminUrl }] of [['registry', registry] as const, ['sectors', sectors] as const]) {
    writeFileSync(join(secrets, secretName(adminVariables(name).url)), adminUrl);
  }
  const hosts = { registry: `127.0.0.1:${registry.port}`, sectors: `127.0.0.1:${sectors.port}` };
  writeSecrets(secrets, folders(), hosts);
}, 60_000);

afterAll(async () => {
  await Promise.all([...children.values()].map((child) => child.stop()));
  await Promise.all(servers.map((server) => server.stop()));
  for (const name of ['registry', 'sectors']) removePostgres(join(base, name));
  rmSync(base, { recursive: true });
});

/** The service's command and environment, with the container's paths and names translated to this computer. */
function programOf(name: string): Program {
  const { command, environment } = services[name] ?? { command: [], environment: {} };
  const [, , , , entry = '', ...args] = command;
  const env = Object.entries(environment).map(([variable, value]) => [variable, here(variable, value)]);
  return { name, entry, args, env: Object.fromEntries(env), logFile: join(base, `${name}.log`) };
}

function here(variable: string, value: string): string {
  if (variable.endsWith('_PORT')) return '0';
  if (variable === 'SAMSYN_HOST') return '127.0.0.1';
  if (variable === 'SAMSYN_OIDC_ISSUER') return 'https://identity.example/';
  if (variable === 'SAMSYN_LOG_ORIGIN') return 'samsyn.example/log';
  const host = /^http:\/\/([a-z-]+):4000\/graphql$/.exec(value)?.[1];
  if (host !== undefined) return `http://127.0.0.1:${children.get(host)?.port}/graphql`;
  return value.replace(/^\/run\/secrets/, join(base, 'secrets')).replace(/^\$\{.*:-\}$/, '');
}

test('brings up empty databases, every subgraph and the gateway by the image’s commands', async () => {
  await runChild(programOf('provision'));
  await runChild(programOf('migrate'));
  await Promise.all(folders().map(async ({ name }) => children.set(name, await startChild(programOf(name)))));
  children.set('gateway', await startChild(programOf('gateway')));

  for (const [name, { managementPort }] of children) {
    const response = await fetch(`http://127.0.0.1:${managementPort}/health`);
    expect([name, response.status, await response.json()]).toEqual([name, 200, { status: 'ok' }]);
  }
}, 120_000);

test('runs the set-up steps again', async () => {
  await runChild(programOf('provision'));
  await runChild(programOf('migrate'));
}, 60_000);

test('names every missing secret of a process in one message', async () => {
  const program = programOf('gateway');
  const start = startChild({ ...program, name: 'bare', env: {}, logFile: join(base, 'bare.log') });

  await expect(start).rejects.toThrow(/SAMSYN_ASSERTION_PRIVATE_KEY is missing.*SAMSYN_OIDC_ISSUER is missing/);
});
