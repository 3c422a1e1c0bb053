import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { folders } from '../chassis/folders.ts';
import { startTestHub } from '../test/setup/hub.ts';
import type { Hub } from './hub.ts';

let hub: Hub;
let end: () => Promise<void>;

beforeAll(async () => {
  ({ hub, end } = await startTestHub());
}, 120_000);

afterAll(() => end());

function environmentOf(name: string): string[] {
  const variables = readFileSync(`/proc/${hub.processes.get(name)?.pid}/environ`, 'utf8').split('\0');
  return variables.map((variable) => variable.split('=')[0] ?? '').filter((variable) => variable.startsWith('SAMSYN_'));
}

test('runs each part as a process of its own', () => {
  const pids = [...hub.processes.values()].map(({ pid }) => pid);
  expect([...hub.processes.keys()].sort()).toEqual(
    [...folders().map(({ name }) => name), 'gateway', 'demo-issuer'].sort(),
  );
  expect(new Set([...pids, hub.postgres.registry.pid, hub.postgres.sectors.pid]).size).toBe(pids.length + 2);
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('gives each process the URLs of its own databases only', () => {
  expect(environmentOf('gateway').filter((name) => /DATABASE|OWNER|AUTHORIZE/.test(name))).toEqual([]);
  for (const { name, key, isRegistry } of folders()) {
    expect(environmentOf(name).sort()).toEqual(
      [
        'SAMSYN_ASSERTION_PUBLIC_KEY',
        `SAMSYN_${key}_DATABASE_URL`,
        `SAMSYN_${key}_PORT`,
        ...(isRegistry
          ? ['SAMSYN_REGISTRY_SEALER_URL', 'SAMSYN_LOG_KEY', 'SAMSYN_LOG_MEMORY', 'SAMSYN_LOG_ORIGIN']
          : [`SAMSYN_${key}_AUTHORIZE_URL`]),
      ].sort(),
    );
  }
});

test('starts a killed process again on its port', async () => {
  const before = hub.processes.get('school');
  before?.kill('SIGSTOP');

  await hub.restart('school');

  const after = hub.processes.get('school');
  expect(after?.port).toBe(before?.port);
  expect(after?.pid).not.toBe(before?.pid);
  expect((await fetch(`http://127.0.0.1:${after?.port}/graphql`, { method: 'POST' })).status).toBe(401);
});

test('starts a stopped database again on its port', async () => {
  const { port } = hub.postgres.sectors;
  await hub.postgres.sectors.stop();
  await hub.postgres.sectors.start();

  expect(hub.postgres.sectors.port).toBe(port);
});

test('issues a persona’s token, and none for anybody else', async () => {
  expect((await hub.token('school-counsellor')).split('.')).toHaveLength(3);
  await expect(hub.token('nobody')).rejects.toThrow('knows no persona nobody');
});
