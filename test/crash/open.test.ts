import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { Authorizer } from '../../chassis/decide/authorize.ts';
import { authorizeLogin, folderNamed, sealerLogin } from '../../chassis/folders.ts';
import { createPool } from '../../chassis/store/database.ts';
import type { Listening } from '../../process/listening.ts';
import { formatVerifierKey, SIGNATURE_TYPES, verifierKey } from '../../schema/log/note.ts';
import { type Policy, parsePolicy } from '../../schema/log/policy.ts';
import { type Sealing, startSealing } from '../../subgraphs/registry/log/seal/sealing.ts';
import { readState } from '../../subgraphs/registry/log/seal/state.ts';
import { Witness } from '../../subgraphs/registry/log/witness/witness.ts';
import { WitnessFolder } from '../../subgraphs/registry/log/witness/witness-folder.ts';
import { serveWitness } from '../../subgraphs/registry/log/witness/witness-server.ts';
import { registryCommand } from '../../subgraphs/registry/operate/registry-command.ts';
import { until } from '../faults/until.ts';
import { type OtherServer, promote, startColdCopy, startStandby } from '../setup/base-backup.ts';
import { WRITE_ENTRIES } from '../setup/registry-database.ts';
import { ORIGIN, type SealedLog, startSealedLog } from '../setup/sealed-log.ts';
import { testWitness } from '../setup/witnesses.ts';

const NOT_OPEN = 'The access log is not open on this server.';
const HALTED = 'The access log is halted.';
/** A clean restart costs at most so many milliseconds of decisions, from when the server takes connections. */
const DECIDES_AGAIN_MS = 2_000;

const silent = pino({ level: 'silent' });
const north = testWitness('north');
const SCHOOL = authorizeLogin(folderNamed('school')).variable;

/** A database, or another server that has its data. */
type Place = Pick<OtherServer, 'urls' | 'as' | 'owner'>;

let log: SealedLog;
let witness: Listening;
const sealings: Sealing[] = [];
const others: OtherServer[] = [];

const logKey = () => verifierKey(ORIGIN, createPublicKey(createPrivateKey(log.keyPem)), SIGNATURE_TYPES.NOTE);

function serveLogWitness(folder: string): Promise<Listening> {
  return serveWitness(
    new Witness(
      { key: north.key, privateKey: north.privateKey, logs: [logKey()] },
      new WitnessFolder(join(log.folder, folder)),
    ),
    { host: '127.0.0.1', port: 0 },
    silent,
  );
}

/** The policy that asks for the witness that listens there. */
function policyOf({ port }: Listening): Policy {
  const asked = `${formatVerifierKey(north.key)} http://127.0.0.1:${port}`;
  return parsePolicy(`log ${formatVerifierKey(logKey())}\nwitness north ${asked}\nquorum north\n`);
}

beforeAll(async () => {
  log = await startSealedLog();
  witness = await serveLogWitness('witness');
}, 60_000);
afterAll(async () => {
  await witness.close();
  await log.end();
});

async function closeSealers(): Promise<void> {
  await Promise.all(sealings.splice(0).map((sealing) => sealing.close()));
}

afterEach(async () => {
  await closeSealers();
  for (const other of others.splice(0)) await other.end();
});

const memoryNamed = (name: string) => join(log.folder, name);
const MEMORY = 'memory';

/** A copy of what the sealer remembers now: it stands for a memory that went along to another server. */
function rememberedNow(): string {
  const name = randomUUID();
  copyFileSync(memoryNamed(MEMORY), memoryNamed(name));
  return name;
}

/** Starts the sealer of a place, with the memory of that name and perhaps the witness. */
async function startSealer(
  place: Place,
  { memory = MEMORY, policy = null }: { memory?: string; policy?: Policy | null } = {},
): Promise<void> {
  sealings.push(
    await startSealing(
      {
        databaseUrl: place.urls[sealerLogin().variable] ?? '',
        origin: ORIGIN,
        sign: log.signer,
        memory: memoryNamed(memory),
        lagLimitSeconds: null,
        policy,
        listen: null,
      },
      silent,
    ),
  );
}

/** Asks as a school's subgraph does. */
async function decideAt(url: string): Promise<unknown> {
  const pool = createPool(url, 1);
  pool.on('error', () => undefined);
  try {
    return await new Authorizer(pool).decide({
      caller: { subject: 'p-9', actor: null, agency: 'school:skovde', roles: ['CASEWORKER'] },
      operation: { hash: 'ab', name: null, requestId: randomUUID() },
      action: 'READ',
      answer: randomUUID(),
      kinds: [{ category: 'school.attendance', whereabouts: false, fields: ['attendance'] }],
      youths: [{ id: randomUUID(), assigned: false }],
    });
  } finally {
    await pool.end();
  }
}

const decide = (place: Place) => decideAt(place.urls[SCHOOL] ?? '');
const decidesAgain = (place: Place, limitMs?: number) =>
  until('decisions', () => decide(place).catch(() => undefined), limitMs);
const stateAt = (place: Place) => place.as(place.owner, readState);
const haltAt = async (place: Place) => (await stateAt(place)).haltedWhy;
const write = (place: Place, count: number) => place.as(log.runtime, (client) => client.query(WRITE_ENTRIES, [count]));

async function reconcile(place: Place): Promise<number> {
  const sink = { write: () => true };
  return registryCommand(['reconcile', '--by', 'p-op', '--reason', 'a standby was promoted'], {
    env: place.urls,
    stdout: sink,
    stderr: sink,
  });
}

/** Resolves when the sealer remembers a checkpoint of all that is sealed, and nothing waits. */
async function remembersAll(): Promise<void> {
  await until('the memory of all', async () => {
    const { rows } = await log.pool.query<{ size: string; waits: boolean }>(
      'SELECT size::text, seal.waiting_since(s) IS NOT NULL AS waits FROM seal.state s',
    );
    const [, size] = existsSync(memoryNamed(MEMORY)) ? readFileSync(memoryNamed(MEMORY), 'utf8').split('\n') : [];
    return rows[0]?.waits === false && size === rows[0].size ? true : undefined;
  });
}

/** Seals all that there is, with or without the witness, and ends the sealer. */
async function sealAll({ isWitnessed = false } = {}): Promise<void> {
  await startSealer(log, { policy: isWitnessed ? policyOf(witness) : null });
  await write(log, 7);
  await remembersAll();
  if (isWitnessed)
    await until('the witness’s cosignature', async () => {
      const { rows } = await log.pool.query(
        'SELECT FROM seal.checkpoint c JOIN seal.state s ON s.log = c.log AND s.size = c.size WHERE witnessed_at IS NOT NULL',
      );
      return rows.length > 0 ? true : undefined;
    });
  await closeSealers();
}

/** A server that was promoted, which has every checkpoint and lacks the one row that was written last. */
async function promoted(): Promise<OtherServer> {
  const standby = await startStandby(log);
  others.push(standby);
  // The withdrawal is committed on the primary, and has not reached the standby.
  await write(log, 1);
  await promote(standby);
  return standby;
}

test('a promoted standby that lacks one withdrawal decides nothing, until an operator has reconciled it', async () => {
  await sealAll();
  const standby = await promoted();
  expect((await stateAt(standby)).size).toBe((await stateAt(log)).size);
  await expect(decide(standby)).rejects.toThrow(NOT_OPEN);
  // All that is remembered is there, and still nobody can tell what was not.
  await startSealer(standby, { memory: rememberedNow() });
  expect(await haltAt(standby)).toBe('OTHER_SERVER');
  await expect(decide(standby)).rejects.toThrow(HALTED);
  const { log: number } = await stateAt(standby);
  expect(await reconcile(standby)).toBe(0);
  expect(await decidesAgain(standby)).toEqual([]);
  expect((await stateAt(standby)).log).toBe(number);
}, 90_000);

test('with a witness it decides by itself, once the witness has cosigned what there is', async () => {
  await sealAll({ isWitnessed: true });
  const standby = await promoted();
  await expect(decide(standby)).rejects.toThrow(NOT_OPEN);
  await startSealer(standby, { memory: rememberedNow(), policy: policyOf(witness) });
  expect(await decidesAgain(standby)).toEqual([]);
  expect(await haltAt(standby)).toBe(null);
}, 90_000);

test('if the witness cannot be reached it waits, and decides nothing', async () => {
  await sealAll();
  const standby = await promoted();
  const gone = await serveLogWitness('gone');
  await gone.close();
  await startSealer(standby, { memory: rememberedNow(), policy: policyOf(gone) });
  await expect(decide(standby)).rejects.toThrow(NOT_OPEN);
  expect(await haltAt(standby)).toBe(null);
}, 90_000);

test('a promoted standby that lacks what is remembered halts, whatever it was told of the server', async () => {
  await sealAll();
  const standby = await startStandby(log);
  others.push(standby);
  await sealAll();
  await promote(standby);
  await startSealer(standby, { memory: rememberedNow() });
  expect(await haltAt(standby)).toBe('MEMORY_AHEAD');
  await expect(decide(standby)).rejects.toThrow(HALTED);
}, 90_000);

test('a cold copy of the data folder decides nothing, and a sealer that remembers nothing does not open it', async () => {
  await sealAll();
  const copy = await startColdCopy(log);
  others.push(copy);
  await expect(decide(copy)).rejects.toThrow(NOT_OPEN);
  await startSealer(copy, { memory: 'of-copy' });
  expect(await haltAt(copy)).toBe('MEMORY_LOST');
  expect(await reconcile(copy)).toBe(0);
  expect(await decidesAgain(copy)).toEqual([]);
}, 90_000);

test('a tree that was sealed again from other rows is not the one that is remembered', async () => {
  await sealAll();
  const copy = await startColdCopy(log);
  others.push(copy);
  await sealAll();
  // It has as many rows, and others.
  await startSealer(copy, { memory: 'of-other' }).then(() => reconcile(copy));
  const { size } = await stateAt(log);
  await until('a tree of the same size', async () => {
    await copy.as(copy.urls.SAMSYN_REGISTRY_DATABASE_URL, (client) => client.query(WRITE_ENTRIES, [1]));
    return (await stateAt(copy)).size >= size ? true : undefined;
  });
  await closeSealers();
  await startSealer(copy, { memory: rememberedNow() });
  expect(await haltAt(copy)).toBe('MEMORY_DISAGREES');
}, 90_000);

test('a database that is made from it as a template decides nothing, and the first goes on', async () => {
  await startSealer(log);
  expect(await decidesAgain(log)).toEqual([]);
  await closeSealers();
  const { database } = folderNamed('registry');
  await log.as(log.server.adminUrl, async (client) => {
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}' AND pid <> pg_backend_pid()`,
    );
    await client.query(`CREATE DATABASE copied TEMPLATE ${database}`);
    await client.query('GRANT CONNECT ON DATABASE copied TO PUBLIC');
  });
  await expect(decideAt((log.urls[SCHOOL] ?? '').replace(`/${database}`, '/copied'))).rejects.toThrow(NOT_OPEN);
  expect(await decide(log)).toEqual([]);
}, 90_000);

test('a server that was stopped at once is closed, and its sealer opens it', async () => {
  await startSealer(log);
  expect(await decidesAgain(log)).toEqual([]);
  await closeSealers();
  await log.crash();
  await expect(decide(log)).rejects.toThrow(NOT_OPEN);
  await startSealer(log);
  expect(await decide(log)).toEqual([]);
}, 90_000);

test('after a clean restart under a working sealer decisions are taken again within two seconds', async () => {
  await startSealer(log);
  await log.whileStopped(() => undefined);
  const since = performance.now();
  expect(await decidesAgain(log)).toEqual([]);
  expect(performance.now() - since).toBeLessThan(DECIDES_AGAIN_MS);
}, 90_000);

test('a backend that is killed closes nothing, although all others end with it', async () => {
  await startSealer(log);
  expect(await decidesAgain(log)).toEqual([]);
  await closeSealers();
  const pid = await log.as(log.superuserUrl, async (client) => {
    client.on('error', () => undefined);
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const backend = rows[0]?.pid ?? 0;
    process.kill(backend, 'SIGKILL');
    return backend;
  });
  expect(pid).toBeGreaterThan(1);
  expect(await decidesAgain(log)).toEqual([]);
}, 90_000);
