import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { readUrls } from '../../chassis/database-urls.ts';
import { folderNamed, loginsOf } from '../../chassis/folders.ts';
import { ROOT } from '../../process/root.ts';
import { renderCompose } from './compose-file.ts';
import { writeSecrets } from './secrets.ts';

const folders = ['police', 'registry', 'social-services'].map(folderNamed);

interface Service {
  image: string;
  build?: { dockerfile_inline: string };
  command: string[];
  environment: Record<string, string>;
  secrets: string[];
  networks: string[];
  ports?: string[];
  volumes?: string[];
  user?: string;
  read_only: boolean;
  cap_drop: string[];
  security_opt: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  restart: string;
}

interface Composition {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
  volumes: Record<string, object>;
  secrets: Record<string, { file: string }>;
}

const composed = (): Composition => parse(renderCompose(folders), { version: '1.1' });

const names = { type: 'array', items: { type: 'string' }, uniqueItems: true, minItems: 1 };
const duration = { type: 'string', pattern: '^[0-9]+s$' };
const service = {
  type: 'object',
  required: ['image', 'command', 'networks', 'secrets', 'restart', 'read_only', 'cap_drop', 'security_opt'],
  additionalProperties: false,
  properties: {
    image: { type: 'string', pattern: '^(samsyn:\\d+\\.\\d+\\.\\d+|postgres:18)$' },
    build: {
      type: 'object',
      required: ['context', 'dockerfile_inline'],
      additionalProperties: false,
      properties: { context: { const: '.' }, dockerfile_inline: { type: 'string' } },
    },
    command: { type: 'array', items: { type: 'string' }, minItems: 1 },
    environment: { type: 'object', additionalProperties: { type: 'string' } },
    secrets: names,
    networks: names,
    volumes: names,
    tmpfs: names,
    ports: names,
    user: { type: 'string' },
    init: { const: true },
    read_only: { const: true },
    cap_drop: { const: ['ALL'] },
    security_opt: { const: ['no-new-privileges:true'] },
    shm_size: { type: 'string', pattern: '^[0-9]+mb$' },
    stop_grace_period: duration,
    restart: { enum: ['no', 'unless-stopped'] },
    depends_on: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['condition'],
        additionalProperties: false,
        properties: {
          condition: { enum: ['service_started', 'service_healthy', 'service_completed_successfully'] },
        },
      },
    },
    healthcheck: {
      type: 'object',
      required: ['test', 'interval', 'timeout', 'retries'],
      additionalProperties: false,
      properties: {
        test: { type: 'array', items: { type: 'string' }, contains: { const: 'CMD' } },
        interval: duration,
        timeout: duration,
        retries: { type: 'integer' },
        start_period: duration,
        start_interval: duration,
      },
    },
  },
};
const schema = {
  type: 'object',
  required: ['name', 'services', 'networks', 'volumes', 'secrets'],
  additionalProperties: false,
  properties: {
    name: { const: 'samsyn' },
    'x-samsyn': { type: 'object' },
    services: { type: 'object', additionalProperties: service },
    networks: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: { internal: { type: 'boolean' } },
      },
    },
    volumes: { type: 'object', additionalProperties: { const: {} } },
    secrets: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['file'],
        additionalProperties: false,
        properties: { file: { type: 'string', pattern: '^\\./secrets/[a-z_]+$' } },
      },
    },
  },
};

test('is a composition as Compose reads them', () => {
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  validate(composed());
  expect(validate.errors).toBe(null);
});

test('has two databases, both set-up steps, every folder and the gateway', () => {
  expect(Object.keys(composed().services)).toEqual([
    'registry-postgres',
    'sectors-postgres',
    'provision',
    'migrate',
    ...folders.map(({ name }) => name),
    'gateway',
  ]);
});

test('publishes the gateway and nothing else', () => {
  const published = Object.entries(composed().services).filter(([, { ports }]) => ports !== undefined);
  expect(published.map(([name]) => name)).toEqual(['gateway']);
});

test('restarts every serving process and checks its health; runs the steps once', () => {
  const steps = Object.entries(composed().services).filter(([, { restart }]) => restart === 'no');
  const healthless = Object.entries(composed().services).filter(([, each]) => !('healthcheck' in each));
  expect(steps.map(([name]) => name)).toEqual(['provision', 'migrate']);
  expect(healthless.map(([name]) => name)).toEqual(['provision', 'migrate']);
});

test('checks health on the management port, which no network reaches', () => {
  for (const { command, environment, healthcheck } of Object.values(composed().services)) {
    const port = environment.SAMSYN_MANAGEMENT_PORT;
    if (command[0] !== 'node' || healthcheck === undefined) continue;
    expect(healthcheck.test.join(' ')).toContain(`http://127.0.0.1:${port}/health`);
    expect(port).toMatch(/^\d+$/);
    expect(environment).not.toHaveProperty('SAMSYN_MANAGEMENT_HOST');
  }
});

test('lets no process reach a database that it has no login for', () => {
  const reaching = Object.entries(composed().services).flatMap(([name, { networks }]) =>
    networks.filter((network) => network.endsWith('-database')).map((network) => `${name} ${network}`),
  );
  expect(reaching.sort()).toEqual([
    'migrate registry-database',
    'migrate sectors-database',
    'police registry-database',
    'police sectors-database',
    'provision registry-database',
    'provision sectors-database',
    'registry registry-database',
    'registry-postgres registry-database',
    'sectors-postgres sectors-database',
    'social-services registry-database',
    'social-services sectors-database',
  ]);
  expect(composed().networks).toEqual({
    front: {},
    inside: { internal: true },
    'registry-database': { internal: true },
    'sectors-database': { internal: true },
  });
});

test('gives each process its own secrets and no others', () => {
  const { services } = composed();
  expect(services.police?.secrets).toEqual([
    'samsyn_police_database_url',
    'samsyn_police_authorize_url',
    'samsyn_assertion_public_key',
  ]);
  expect(services.registry?.secrets).toEqual([
    'samsyn_registry_database_url',
    'samsyn_registry_sealer_url',
    'samsyn_assertion_public_key',
    'samsyn_log_key',
    'samsyn_alarm_hook_token',
  ]);
  expect(services.gateway?.secrets).toEqual(['samsyn_assertion_private_key']);
});

test('gives the registry the address for alarms, and the token from its file', () => {
  const { environment } = composed().services.registry ?? { environment: {} };
  const alarms = Object.entries(environment).filter(([variable]) => variable.startsWith('SAMSYN_ALARM_'));
  const fromHost = (name: string) => `\${${name}:-}`;
  expect(Object.fromEntries(alarms)).toEqual({
    SAMSYN_ALARM_HOOK_URL: fromHost('SAMSYN_ALARM_HOOK_URL'),
    SAMSYN_ALARM_INTERVAL_SECONDS: fromHost('SAMSYN_ALARM_INTERVAL_SECONDS'),
    SAMSYN_ALARM_HOOK_TOKEN_FILE: '/run/secrets/samsyn_alarm_hook_token',
  });
});

test('declares every secret, reads it from its file, and never puts it in the environment', () => {
  const { services, secrets } = composed();
  const used = new Set<string>();
  for (const { environment, secrets: given } of Object.values(services)) {
    const read = Object.entries(environment).filter(([variable]) => variable.endsWith('_FILE'));
    expect(read.map(([, file]) => file).sort()).toEqual(given.map((name) => `/run/secrets/${name}`).sort());
    expect(
      Object.keys(environment).filter((name) => /PASSWORD|DATABASE_URL|OWNER_URL|KEY|TOKEN$|TOKEN_FILE/.test(name)),
    ).toEqual(
      read
        .map(([variable]) => variable)
        .filter((name) => /PASSWORD|DATABASE_URL|OWNER_URL|KEY|TOKEN$|TOKEN_FILE/.test(name)),
    );
    for (const name of given) used.add(name);
  }
  expect(Object.keys(secrets)).toEqual([...used].sort());
});

test('declares every network, volume and dependency that it names', () => {
  const { services, networks, volumes } = composed();
  for (const each of Object.values(services)) {
    for (const network of each.networks) expect(Object.keys(networks)).toContain(network);
    for (const volume of each.volumes ?? []) expect(Object.keys(volumes)).toContain(volume.split(':')[0]);
    for (const other of Object.keys(each.depends_on ?? {})) expect(Object.keys(services)).toContain(other);
  }
});

test('runs only existing entry points that the image copies', () => {
  const { services } = composed();
  for (const { image, command } of Object.values(services)) {
    if (!image.startsWith('samsyn:')) continue;
    const [node, room, flag, hook = '', entry = ''] = command;
    expect([node, room, flag]).toEqual(['node', '--max-semi-space-size=16', '--import']);
    for (const file of [hook, entry]) expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
    const copied = [...(services.gateway?.build?.dockerfile_inline ?? '').matchAll(/^COPY (\w+) \1$/gm)].map(
      ([, part]) => part,
    );
    expect(copied).toContain(entry.split('/')[0]);
  }
});

test('runs the image as a user without rights', () => {
  const { services } = composed();
  const dockerfile = services.gateway?.build?.dockerfile_inline ?? '';
  expect(dockerfile.trim().split('\n').at(-1)).toBe('USER node');
  expect(dockerfile).toContain('FROM node:24-slim');
});

test('copies the image from its first stage into the same folder, because compiled files are found by path', () => {
  const [first = '', last = ''] = (composed().services.gateway?.build?.dockerfile_inline ?? '').split(/^(?=FROM )/m);
  const folderOf = (stage: string) => /^WORKDIR (.+)$/m.exec(stage)?.[1];
  expect(first).toMatch(/^RUN npm ci && npm prune --omit=dev$/m);
  expect(last).not.toMatch(/^RUN /m);
  expect(last).toContain(`\nCOPY --from=build ${folderOf(first)} ${folderOf(last)}\n`);
  expect(folderOf(last)).toBe(folderOf(first));
});

test('equals docker-compose.yml, which npm run schema writes from the folders', () => {
  expect(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')).toBe(renderCompose());
});

test('makes every secret that is named, fit for its reader, and keeps existing ones', () => {
  const folder = mkdtempSync(join(tmpdir(), 'samsyn-secrets-'));
  const [police, ...others] = folders;
  const first = writeSecrets(folder, others);
  const added = writeSecrets(folder, folders);
  const env = Object.fromEntries(readdirSync(folder).map((name) => [`${name.toUpperCase()}_FILE`, join(folder, name)]));
  const urls = readUrls(env, folders.flatMap(loginsOf));
  const mode = statSync(folder).mode & 0o777;
  rmSync(folder, { recursive: true });

  expect([...first, ...added].sort()).toEqual(Object.keys(composed().secrets));
  expect(added).toEqual(loginsOf(police ?? folderNamed('')).map(({ variable }) => variable.toLowerCase()));
  expect(new URL(urls.SAMSYN_POLICE_AUTHORIZE_URL ?? '').host).toBe('registry-postgres:5432');
  expect(mode).toBe(0o700);
});
