import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { Listening } from '../../../../process/listening.ts';
import { formatVerifierKey, SIGNATURE_TYPES, verifierKey } from '../../../../schema/log/note.ts';
import { judge, type Policy, parsePolicy } from '../../../../schema/log/policy.ts';
import { WRITE_ENTRIES } from '../../../../test/setup/registry-database.ts';
import { faultsOf, ORIGIN, type SealedLog, startSealedLog } from '../../../../test/setup/sealed-log.ts';
import { policyOf, type TestWitness, testWitness } from '../../../../test/setup/witnesses.ts';
import { registryCommand } from '../../operate/registry-command.ts';
import { Witness } from '../witness/witness.ts';
import { WitnessFolder } from '../witness/witness-folder.ts';
import { serveWitness } from '../witness/witness-server.ts';
import { latestNote } from './log-server.ts';
import { readState } from './state.ts';
import { Witnessing } from './witnessing.ts';

/** Names of logs that the witnesses know: the first, and those that follow it. */
const LOGS = [ORIGIN, `${ORIGIN}/2`, `${ORIGIN}/3`, `${ORIGIN}/4`];

let log: SealedLog;
let witnesses: TestWitness[];
let servers: Listening[];
let policy: Policy;
let alarms: string[];
const logger = pino(
  { level: 'fatal' },
  { write: (line: string) => alarms.push((JSON.parse(line) as { why: string }).why) },
);

async function serve(witness: TestWitness): Promise<Listening> {
  const publicKey = createPublicKey(createPrivateKey(log.keyPem));
  const logs = LOGS.map((name) => verifierKey(name, publicKey, SIGNATURE_TYPES.NOTE));
  const memory = new WitnessFolder(mkdtempSync(join(process.env.SAMSYN_TEST_RUN ?? tmpdir(), 'witness-')));
  return serveWitness(
    new Witness({ key: witness.key, privateKey: witness.privateKey, logs }, memory),
    { host: '127.0.0.1', port: 0 },
    logger,
  );
}

beforeAll(async () => {
  alarms = [];
  log = await startSealedLog();
  witnesses = ['north', 'south', 'west'].map(testWitness);
  servers = await Promise.all(witnesses.map(serve));
  const text = witnesses.reduce(
    (all, { key }, n) =>
      all.replace(formatVerifierKey(key), `${formatVerifierKey(key)} http://127.0.0.1:${servers[n]?.port}`),
    LOGS.slice(1).reduce(
      (all, name) => `${policyOf(log.keyPem, [], name).split('\n')[0]}\n${all}`,
      policyOf(log.keyPem, witnesses),
    ),
  );
  policy = parsePolicy(text);
}, 60_000);
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await log.end();
});
beforeEach(() => {
  alarms = [];
});

const write = (count: number) => log.as(log.runtime, (client) => client.query(WRITE_ENTRIES, [count]));
const state = () => readState(log.pool);
const standing = async () => judge((await latestNote(log.pool)) ?? '', policy);
const said: string[] = [];
const reconcile = () => {
  const sink = { write: (text: string) => said.push(text) };
  return registryCommand(['reconcile', '--by', 'p-op', '--reason', 'a backup was restored'], {
    env: log.urls,
    stdout: sink,
    stderr: sink,
  });
};

test('witnesses cosign checkpoint after checkpoint, and the quorum is noted', async () => {
  const witnessing = new Witnessing(log.pool, policy, logger);
  for (const count of [3, 300, 1]) {
    await write(count);
    await log.seal();
    await witnessing.round();
    const { checkpoint, hasQuorum, isSigned, cosignedAt } = await standing();
    expect([isSigned, hasQuorum, [...cosignedAt.keys()].sort()]).toEqual([true, true, ['north', 'south', 'west']]);
    const { rows } = await log.pool.query(
      'SELECT witnessed_at IS NOT NULL AS yes FROM seal.checkpoint WHERE size = $1',
      [checkpoint.size],
    );
    expect(rows).toEqual([{ yes: true }]);
  }
  expect(alarms).toEqual([]);
});

test('a checkpoint is stored before a witness sees it', async () => {
  await write(2);
  await log.seal();
  const { rows } = await log.pool.query<{ size: string }>('SELECT max(size)::text AS size FROM seal.checkpoint');
  await new Witnessing(log.pool, policy, logger).round();
  expect((await standing()).checkpoint.size).toBe(Number(rows[0]?.size));
});

test('without one witness the quorum stands, and the log goes on; without two nothing claims it', async () => {
  await servers[0]?.close();
  await write(1);
  await log.seal();
  await new Witnessing(log.pool, policy, logger).round();
  const one = await standing();
  expect([one.hasQuorum, [...one.cosignedAt.keys()].sort()]).toEqual([true, ['south', 'west']]);
  const unreachable = parsePolicy(policyOf(log.keyPem, witnesses));
  await write(1);
  await log.seal();
  await new Witnessing(log.pool, unreachable, logger).round();
  expect((await standing()).hasQuorum).toBe(false);
  expect((await state()).haltedWhy).toBe(null);
  await new Witnessing(log.pool, policy, logger).round();
});

/** Brings back the database as it was before its latest `count` entries, as a restored backup does. */
async function restoreBefore(count: number, work: () => Promise<void>): Promise<void> {
  const tables = ['registry.log_row', 'seal.leaf', 'seal.tile', 'seal.checkpoint', 'seal.cosignature', 'seal.state'];
  await log.as(log.superuserUrl, async (client) => {
    await client.query('SET session_replication_role = replica');
    for (const table of tables)
      await client.query(`CREATE TEMPORARY TABLE ${table.replace('.', '_')} AS TABLE ${table}`);
    await write(count);
    await log.seal();
    await new Witnessing(log.pool, policy, logger).round();
    for (const table of tables.toReversed()) await client.query(`DELETE FROM ${table}`);
    for (const table of tables) await client.query(`INSERT INTO ${table} SELECT * FROM ${table.replace('.', '_')}`);
    await work();
  });
}

test('a log that was restored from a backup is refused, halts, and goes on as another one when it is reconciled', async () => {
  await restoreBefore(50, async () => undefined);
  await new Witnessing(log.pool, policy, logger).round();
  expect([alarms, (await state()).haltedWhy]).toEqual([['WITNESS_AHEAD'], 'WITNESS_AHEAD']);
  await write(2);
  expect((await log.sealer.round()).did).toBe('HALTED');
  expect(await reconcile()).toBe(0);
  expect(await reconcile()).toBe(1);
  expect(said.at(-1)).toContain('there is nothing to reconcile');
  await log.seal();
  await new Witnessing(log.pool, policy, logger).round();
  const { checkpoint, hasQuorum } = await standing();
  expect([checkpoint.origin, hasQuorum]).toEqual([`${ORIGIN}/2`, true]);
  expect(await faultsOf(log)).toEqual([]);
  const told = await log.pool.query(
    `SELECT caller, ground, incarnation FROM registry.entry WHERE name = 'reconcileLog'`,
  );
  expect(told.rows).toEqual([{ caller: 'p-op', ground: 'WITNESS_AHEAD: a backup was restored', incarnation: 2 }]);
});

test('a log that was restored and written on until it is longer is another view, and refused as well', async () => {
  await restoreBefore(3, async () => {
    await write(9);
    await log.seal();
  });
  await new Witnessing(log.pool, policy, logger).round();
  expect([alarms, (await state()).haltedWhy]).toEqual([['WITNESS_DISAGREES'], 'WITNESS_DISAGREES']);
  expect(await reconcile()).toBe(0);
  await log.seal();
  await new Witnessing(log.pool, policy, logger).round();
  expect((await standing()).checkpoint.origin).toBe(`${ORIGIN}/3`);
});

test('another view of the same size is refused', async () => {
  await restoreBefore(4, async () => {
    await write(4);
    await log.seal();
  });
  await new Witnessing(log.pool, policy, logger).round();
  expect((await state()).haltedWhy).toBe('WITNESS_DISAGREES');
  expect(await reconcile()).toBe(0);
  await log.seal();
});

test('a database that stands on another server halts, and then seals what was written meanwhile wherever it stands', async () => {
  // As a dump restored into a new server: transactions are numbered anew, below those that are sealed.
  await log.as(log.superuserUrl, (client) => client.query('UPDATE seal.state SET system_identifier = 1'));
  await log.as(log.owner, (client) =>
    client.query(`INSERT INTO registry.entry (xid, kind, permitted, request_id, operation_hash, caller, roles)
      SELECT '3', 'READ', true, gen_random_uuid(), 'x', 'p-1001', 1 FROM generate_series(1, 3)`),
  );
  expect(await log.sealer.round()).toEqual({ did: 'HALTED', why: 'OTHER_SERVER', isNew: true });
  const { log: number, size } = await state();
  expect(await reconcile()).toBe(0);
  await log.seal();
  const after = await state();
  expect([after.log, after.size, after.sweeping]).toEqual([number, size + 4, false]);
  expect((await faultsOf(log)).filter((fault) => !fault.startsWith('entries out of order'))).toEqual([]);
});

test('a damaged tile is written anew from the leaves, and the log stays the same', async () => {
  await write(1);
  await log.as(log.superuserUrl, (client) =>
    client.query(`UPDATE seal.tile SET hashes = sha256('x') WHERE level = 0 AND index > 0`),
  );
  expect((await log.sealer.round()).did).toBe('HALTED');
  const { log: number } = await state();
  expect([await reconcile(), said.at(-1)]).toEqual([0, expect.stringContaining('The access log goes on as')]);
  await log.seal();
  expect((await state()).log).toBe(number);
  expect((await faultsOf(log)).filter((fault) => !fault.startsWith('entries out of order'))).toEqual([]);
});

test('the key that others verify by is printed, for each of the logs', async () => {
  const printed: string[] = [];
  const sink = { write: (text: string) => printed.push(text) };
  const env = { SAMSYN_LOG_ORIGIN: ORIGIN, SAMSYN_LOG_KEY: log.keyPem };
  expect(await registryCommand(['verifier-key'], { env, stdout: sink, stderr: sink })).toBe(0);
  expect(await registryCommand(['verifier-key', '--log', '2'], { env, stdout: sink, stderr: sink })).toBe(0);
  const publicKey = createPublicKey(createPrivateKey(log.keyPem));
  expect(printed).toEqual(
    [ORIGIN, `${ORIGIN}/2`].map((name) => `${formatVerifierKey(verifierKey(name, publicKey, SIGNATURE_TYPES.NOTE))}\n`),
  );
});
