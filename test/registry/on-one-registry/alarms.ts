import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Logger, pino } from 'pino';
import { folderNamed, runtimeLogin } from '../../../chassis/folders.ts';
import { createPool } from '../../../chassis/store/database.ts';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { DENIED_UNITS_AN_HOUR, YOUTHS_AN_HOUR } from '../../../subgraphs/registry/log/alarm/alarm-rules.ts';
import { watchOnce } from '../../../subgraphs/registry/log/alarm/alarm-watch.ts';
import { ago, endBefore, sharedRegistry, write } from './shared-registry.ts';

type Json = Readonly<Record<string, unknown>>;

let pool: ReturnType<typeof createPool>;
let hook: { readonly url: string; readonly token: string };
/** What the receiver answers next, and what it got. */
let status = 204;
let received: { authorization: string | undefined; body: Json }[] = [];
let lines: Json[] = [];

const receiver = createServer((request, response) => {
  void bodyOf(request).then((body) => {
    received.push({ authorization: request.headers.authorization, body: JSON.parse(body) as Json });
    response.writeHead(status).end();
  });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const log: Logger = pino(
  { base: null, timestamp: false },
  new Writable({
    write(line: Buffer, _encoding, done) {
      lines.push(JSON.parse(line.toString()) as Json);
      done();
    },
  }),
);

beforeAll(async () => {
  const { database } = await sharedRegistry();
  pool = createPool(database.urls[runtimeLogin(folderNamed('registry')).variable] ?? '', 1);
  // It says goodbye without waiting, and the server that stops may be faster.
  pool.on('error', (error) => {
    if (!pool.ended) throw error;
  });
  endBefore(() => pool.end());
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  endBefore(() => new Promise((done) => receiver.close(done)));
  hook = { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/alarms`, token: 'canary-token' };
});
beforeEach(() => {
  status = 204;
  received = [];
  lines = [];
});

const round = () => watchOnce(pool, hook, log);
const SCHOOL = { source: 'school:skovde', category: 'school.attendance' };

/** Puts the same entry into the log many times. */
async function writeMany(count: number, caller: string, at: Date): Promise<void> {
  const { admin } = (await sharedRegistry()).database;
  await admin.query(
    `INSERT INTO registry.entry (at, kind, permitted, request_id, operation_hash, caller, agency, roles, action, reason)
     SELECT $3, 'DECISION', false, gen_random_uuid(), 'x', $2, a.id, 4, 1, 'NO_SEAT'
     FROM registry.agency a CROSS JOIN generate_series(1, $1::int) WHERE a.code = 'school:skovde'`,
    [count, caller, at],
  );
}

test('without grounds nothing is raised', async () => {
  await writeMany(DENIED_UNITS_AN_HOUR, 'p-denied', ago(0, 5));
  await round();
  expect([received, lines]).toEqual([[], []]);
});

test('a caller who is denied too much raises one alarm, which names nobody', async () => {
  await writeMany(1, 'p-denied', ago(0, 4));
  await round();
  const { admin } = (await sharedRegistry()).database;
  const { rows } = await admin.query(
    "SELECT id, request_id FROM registry.entry WHERE caller = 'p-denied' ORDER BY at DESC LIMIT 1",
  );
  const [alarm] = received;
  const about = { entryId: rows[0]?.id, requestId: rows[0]?.request_id };
  expect(received).toEqual([
    {
      authorization: 'Bearer canary-token',
      body: { id: expect.any(String), kind: 'DENIED_UNITS', raisedAt: expect.any(String), ...about },
    },
  ]);
  expect(lines).toEqual([{ level: 40, alarm: 'DENIED_UNITS', alarmId: alarm?.body.id, ...about, msg: 'alarm' }]);
  await writeMany(10, 'p-denied', ago(0, 1));
  await round();
  expect([received.length, lines.length]).toEqual([1, 1]);
});

test('an alarm that the receiver did not take goes out again, as the same, until it is taken', async () => {
  await write(
    Array.from({ length: YOUTHS_AN_HOUR }, () => ({
      at: ago(0, 2),
      ...SCHOOL,
      youth: randomUUID(),
      caller: 'p-many',
      reason: 'OWN',
    })),
  );
  status = 503;
  await round();
  await round();
  status = 204;
  await round();
  await round();
  expect(received.map(({ body }) => body.kind)).toEqual(['MANY_YOUTHS', 'MANY_YOUTHS', 'MANY_YOUTHS']);
  expect(new Set(received.map(({ body }) => body.id)).size).toBe(1);
  expect(lines.filter(({ msg }) => msg === 'alarm').map(({ alarm }) => alarm)).toEqual(['MANY_YOUTHS']);
  expect(JSON.stringify([received, lines])).not.toMatch(/p-many|school:skovde/);
});

test('what was released after an end, later than the fence allows, raises an alarm for each request', async () => {
  const youth = DEMO_YOUTHS.refused.id;
  const consent = `20000000${youth.slice(8)}`;
  const { admin } = (await sharedRegistry()).database;
  const ended = ago(0, 10);
  await admin.query('UPDATE registry.statement_reach SET ended_at = $2 WHERE consent = $1', [consent, ended]);
  const decided = (seconds: number, request: string) => ({
    at: new Date(ended.getTime() + seconds * 1000),
    ...SCHOOL,
    youth,
    consent,
    reason: 'CONSENT',
    request,
  });
  const [inFlight, breach] = [randomUUID(), randomUUID()];
  await write([decided(-1, inFlight), decided(30, breach), decided(30, breach)]);
  await round();
  expect(received.map(({ body }) => [body.kind, body.requestId])).toEqual([['RELEASED_AFTER_END', breach]]);
});

test('alarms are in the process’s log without a receiver', async () => {
  await writeMany(DENIED_UNITS_AN_HOUR + 1, 'p-denied-too', ago(0, 3));
  await watchOnce(pool, null, log);
  expect(lines.map(({ alarm }) => alarm)).toEqual(['DENIED_UNITS']);
  expect(received).toEqual([]);
});
