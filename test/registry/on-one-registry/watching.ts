import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { folderNamed, runtimeLogin } from '../../../chassis/folders.ts';
import { type Child, startChild } from '../../../hub/child.ts';
import { newKeyPair } from '../../../process/key-pair.ts';
import { YOUTHS_AN_HOUR } from '../../../subgraphs/registry/log/alarm/alarm-rules.ts';
import { ago, endBefore, sharedRegistry, write } from './shared-registry.ts';

interface Alarm {
  readonly id: string;
  readonly kind: string;
  readonly entryId: string;
}

/** Whom the receiver answers 503, what it got, and the token that it got it with. */
let refused: readonly string[] = [];
const received: Alarm[] = [];
const tokens = new Set<string | undefined>();
const receiver = createServer((request, response) => {
  void request.toArray().then((chunks) => {
    const alarm = JSON.parse(Buffer.concat(chunks).toString()) as Alarm;
    received.push(alarm);
    tokens.add(request.headers.authorization);
    response.writeHead(refused.includes(alarm.entryId) ? 503 : 204).end();
    receiver.emit('received');
  });
});
let registry: Child | undefined;

beforeAll(async () => {
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  endBefore(() => new Promise((done) => receiver.close(done)));
});
afterAll(() => registry?.stop());

/** Waits until the receiver has got an alarm that rests on one of these entries, so many times. */
async function arrivals(entries: readonly string[], times: number): Promise<Alarm[]> {
  const about = () => received.filter(({ entryId }) => entries.includes(entryId));
  while (about().length < times) await once(receiver, 'received');
  return about();
}

/** Has a person ask about as many youths within the hour as raise an alarm. */
function askAboutMany(caller: string): Promise<string[]> {
  const entry = { at: ago(0, 2), source: 'school:skovde', category: 'school.attendance', reason: 'OWN', caller };
  return write(Array.from({ length: YOUTHS_AN_HOUR }, () => ({ ...entry, youth: randomUUID() })));
}

test('a running registry watches by itself: an alarm reaches the receiver, and later one that it did not take', async () => {
  const before = await askAboutMany('p-watched-first');
  refused = before;
  const { database } = await sharedRegistry();
  registry = await startChild({
    name: 'watching',
    entry: 'chassis/serve/serve.ts',
    args: ['registry'],
    env: {
      [runtimeLogin(folderNamed('registry')).variable]: database.runtime,
      SAMSYN_REGISTRY_PORT: '0',
      SAMSYN_ASSERTION_PUBLIC_KEY: newKeyPair().publicKey,
      SAMSYN_ALARM_HOOK_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/alarms`,
      SAMSYN_ALARM_HOOK_TOKEN: 'a-token',
      SAMSYN_ALARM_INTERVAL_SECONDS: '1',
    },
    logFile: join(database.folder, 'watching.log'),
  });
  // What there were grounds for before it began, tried twice.
  await arrivals(before, 2);
  // Another goes out meanwhile.
  const [later] = await arrivals(await askAboutMany('p-watched-later'), 1);
  refused = [];
  const { length: tries } = received.filter(({ entryId }) => before.includes(entryId));
  const first = await arrivals(before, tries + 1);
  expect([later, ...first].map((alarm) => alarm?.kind)).toEqual([later, ...first].map(() => 'MANY_YOUTHS'));
  expect(new Set(first.map(({ id }) => id)).size).toBe(1);
  expect(tokens).toEqual(new Set(['Bearer a-token']));
});
