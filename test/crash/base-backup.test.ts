import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { Authorizer } from '../../chassis/decide/authorize.ts';
import { authorizeLogin, folderNamed, sealerLogin } from '../../chassis/folders.ts';
import { createPool } from '../../chassis/store/database.ts';
import type { Listening } from '../../process/listening.ts';
import { formatVerifierKey, SIGNATURE_TYPES, verifierKey } from '../../schema/log/note.ts';
import { parsePolicy } from '../../schema/log/policy.ts';
import { auditCommand } from '../../subgraphs/registry/log/audit/audit-command.ts';
import { latestNote } from '../../subgraphs/registry/log/seal/log-server.ts';
import { type Sealing, startSealing } from '../../subgraphs/registry/log/seal/sealing.ts';
import { readState } from '../../subgraphs/registry/log/seal/state.ts';
import { Witness } from '../../subgraphs/registry/log/witness/witness.ts';
import { WitnessFolder } from '../../subgraphs/registry/log/witness/witness-folder.ts';
import { serveWitness } from '../../subgraphs/registry/log/witness/witness-server.ts';
import { registryCommand } from '../../subgraphs/registry/operate/registry-command.ts';
import { until } from '../faults/until.ts';
import { takeBaseBackup } from '../setup/base-backup.ts';
import { WRITE_ENTRIES } from '../setup/registry-database.ts';
import { ORIGIN, type SealedLog, startSealedLog } from '../setup/sealed-log.ts';
import { testWitness } from '../setup/witnesses.ts';

const north = testWitness('north');
/** What processes say that an operator must read. */
const alarms: unknown[] = [];
const logger = pino(
  { level: 'fatal', base: null, timestamp: false },
  { write: (line: string) => alarms.push(JSON.parse(line)) },
);

let log: SealedLog;
let folder: string;
let witness: Listening;
let policyText: string;
let sealing: Sealing | undefined;

beforeAll(async () => {
  log = await startSealedLog();
  folder = mkdtempSync(join(process.env.SAMSYN_TEST_RUN ?? tmpdir(), 'base-backup-'));
  const publicKey = createPublicKey(createPrivateKey(log.keyPem));
  const logs = [ORIGIN, `${ORIGIN}/2`].map((name) => verifierKey(name, publicKey, SIGNATURE_TYPES.NOTE));
  witness = await serveWitness(
    new Witness({ key: north.key, privateKey: north.privateKey, logs }, new WitnessFolder(join(folder, 'witness'))),
    { host: '127.0.0.1', port: 0 },
    logger,
  );
  policyText = [
    ...logs.map((key) => `log ${formatVerifierKey(key)}`),
    `witness north ${formatVerifierKey(north.key)} http://127.0.0.1:${witness.port}`,
    'quorum north',
    '',
  ].join('\n');
  writeFileSync(join(folder, 'policy'), policyText);
}, 60_000);
afterAll(async () => {
  await sealing?.close();
  await witness.close();
  await log.end();
});

/** The sealer as it works beside the registry. */
async function startSealer(): Promise<void> {
  sealing = await startSealing(
    {
      databaseUrl: log.urls[sealerLogin().variable] ?? '',
      origin: ORIGIN,
      sign: log.signer,
      memory: join(folder, 'memory'),
      lagLimitSeconds: null,
      policy: parsePolicy(policyText),
      listen: null,
    },
    logger,
  );
}

/** Writes entries, and resolves when the witness has cosigned a tree with them. */
async function writeWitnessed(count: number): Promise<void> {
  const { size } = await readState(log.pool);
  await log.as(log.runtime, (client) => client.query(WRITE_ENTRIES, [count]));
  await until('the witness’s cosignature', async () => {
    const { rows } = await log.pool.query<{ size: string | null }>(
      'SELECT max(c.size) AS size FROM seal.checkpoint c JOIN seal.state s ON s.log = c.log WHERE c.witnessed_at IS NOT NULL',
    );
    return Number(rows[0]?.size) >= size + count ? true : undefined;
  });
}

/** Asks as a school's subgraph does. */
async function decide(): Promise<unknown> {
  const pool = createPool(log.urls[authorizeLogin(folderNamed('school')).variable] ?? '', 1);
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

async function command(run: typeof auditCommand, ...parameters: string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const sink = { write: (more: string) => (text += more) };
  return { code: await run(parameters, { env: log.urls, stdout: sink, stderr: sink }), text };
}

async function exported(...known: readonly string[]): Promise<{ code: number; text: string }> {
  const into = join(folder, randomUUID());
  await command(auditCommand, 'export', into, '--from', '2020-01-01', '--to', '2100-01-01');
  return command(auditCommand, 'verify', into, '--policy', join(folder, 'policy'), ...known);
}

let kept: string;

test('a base backup that is restored is refused by the witness, halts the log, and nothing is decided', async () => {
  await startSealer();
  await writeWitnessed(20);
  const restore = await takeBaseBackup(log);
  await writeWitnessed(30);
  expect(await decide()).toEqual([]);
  kept = join(folder, 'kept');
  writeFileSync(kept, (await latestNote(log.pool)) ?? '');
  await sealing?.close();
  sealing = undefined;
  await restore();
  expect((await readState(log.pool)).size).toBe(20);
  expect(alarms).toEqual([]);
  // The registry starts: it asks the witness before it seals anything.
  await startSealer();
  await until('the alarm', () => (alarms.length > 0 ? true : undefined));
  expect(alarms[0]).toEqual({
    level: 60,
    alarm: 'LOG_HALTED',
    why: 'WITNESS_AHEAD',
    witness: 'north',
    msg: expect.stringContaining('reconcile'),
  });
  await expect(decide()).rejects.toThrow('The access log is halted.');
  const { size, haltedWhy } = await readState(log.pool);
  expect([size, haltedWhy]).toEqual([20, 'WITNESS_AHEAD']);
});

test('what was restored is exposed by a checkpoint that was kept: entries are gone', async () => {
  expect(await exported('--known', kept)).toEqual({
    code: 1,
    text: expect.stringContaining('SHORTER: A checkpoint of 5'),
  });
});

test('when an operator has reconciled it, it goes on as another log, and decisions are taken again', async () => {
  expect(await command(registryCommand, 'reconcile', '--by', 'p-op', '--reason', 'a backup was restored')).toEqual({
    code: 0,
    text: expect.stringContaining(`goes on as another log, ${ORIGIN}/2`),
  });
  expect(await until('decisions', () => decide().catch(() => undefined))).toEqual([]);
  await writeWitnessed(5);
  // Never as the one that the witness knew: who kept its checkpoint learns that it was longer.
  expect((await exported('--known', kept)).code).toBe(1);
  expect(await exported()).toEqual({ code: 0, text: expect.stringContaining('The log stands') });
});
