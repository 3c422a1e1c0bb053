import { createPublicKey, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { Authorizer, type Question } from '../../../../chassis/decide/authorize.ts';
import { authorizeLogin, folderNamed, sealerLogin } from '../../../../chassis/folders.ts';
import { createPool } from '../../../../chassis/store/database.ts';
import { newKeyPair } from '../../../../process/key-pair.ts';
import { parseSignedCheckpoint } from '../../../../schema/log/checkpoint.ts';
import { hashLeaf } from '../../../../schema/log/merkle.ts';
import { hasSigned, SIGNATURE_TYPES, type VerifierKey, verifierKey } from '../../../../schema/log/note.ts';
import { TILE_WIDTH, TiledTree, tilePath } from '../../../../schema/log/tiles.ts';
import { until } from '../../../../test/faults/until.ts';
import { WRITE_ENTRIES } from '../../../../test/setup/registry-database.ts';
import { faultsOf, ORIGIN, type SealedLog, startSealedLog } from '../../../../test/setup/sealed-log.ts';
import { LogMemory } from './log-memory.ts';
import { LogOpening } from './log-opening.ts';
import { readSealConfiguration } from './seal-configuration.ts';
import { startSealing } from './sealing.ts';
import { commandSigner, fileSigner } from './signer.ts';

let log: SealedLog;
let folder: string;
beforeAll(async () => {
  log = await startSealedLog();
  folder = mkdtempSync(join(process.env.SAMSYN_TEST_RUN ?? tmpdir(), 'seal-'));
}, 60_000);
afterAll(() => log.end());

/** The rounds of the sealer that are looked at. */
const ROUNDS = 5;

const silent = pino({ level: 'silent' });
const write = (count: number) => log.as(log.runtime, (client) => client.query(WRITE_ENTRIES, [count]));
const keyNamed = (pem: string): VerifierKey => verifierKey(ORIGIN, createPublicKey(pem), SIGNATURE_TYPES.NOTE);
const latest = async () =>
  parseSignedCheckpoint(
    (await log.pool.query<{ note: string }>('SELECT note FROM seal.checkpoint ORDER BY size DESC LIMIT 1')).rows[0]
      ?.note ?? '',
  );

const question: Question = {
  caller: { subject: 'p-9', actor: null, agency: 'school:skovde', roles: ['CASEWORKER'] },
  operation: { hash: 'ab', name: null, requestId: randomUUID() },
  action: 'READ',
  answer: randomUUID(),
  kinds: [{ category: 'school.attendance', whereabouts: false, fields: ['attendance'] }],
  youths: [{ id: randomUUID(), assigned: false }],
};

/** Asks as a school's subgraph does. */
async function decide() {
  const pool = createPool(log.urls[authorizeLogin(folderNamed('school')).variable] ?? '', 1);
  pool.on('error', () => undefined);
  try {
    return await new Authorizer(pool).decide(question);
  } finally {
    await pool.end();
  }
}

test('a row that has waited too long for its seal stops decisions until it is sealed', async () => {
  const opening = new LogOpening(log.pool, ORIGIN, new LogMemory(join(folder, 'memory')), null);
  expect(await opening.compare()).toEqual({ did: 'AGREED' });
  expect(await decide()).toEqual([]);
  await log.as(log.owner, (client) =>
    client.query(`INSERT INTO registry.entry (id, kind, permitted, request_id, operation_hash, caller, roles)
      VALUES (uuidv7(interval '-61 seconds'), 'READ', true, gen_random_uuid(), 'x', 'p-1001', 1)`),
  );
  await opening.keep();
  // The first in the sealing order counts, and that is the decision above: its transaction came before.
  expect(await decide()).toEqual([]);
  await log.sealer.round(1);
  await log.sealer.round(0);
  await opening.keep();
  await expect(decide()).rejects.toThrow('The access log has waited too long for its seal.');
  await log.seal();
  await opening.keep();
  expect(await decide()).toEqual([]);
});

test('entries are sealed by the next round, rounds come within two seconds, and what is served proves it', async () => {
  const configuration = readSealConfiguration({
    [sealerLogin().variable]: log.urls[sealerLogin().variable],
    SAMSYN_LOG_ORIGIN: ORIGIN,
    SAMSYN_LOG_KEY: log.keyPem,
    SAMSYN_LOG_MEMORY: join(folder, 'memory'),
    SAMSYN_LOG_PORT: '0',
    SAMSYN_LOG_LAG_LIMIT_SECONDS: '45',
  });
  if (configuration === null) throw new Error('The sealer is configured.');
  const sealing = await startSealing(configuration, silent);
  const { rows: before } = await log.pool.query<{ at: Date }>('SELECT clock_timestamp() AS at');
  const since = before[0]?.at;
  // A whole tile is served, however few rows are written during the rounds.
  await write(TILE_WIDTH);
  const roundsSince = async () =>
    (await log.pool.query('SELECT FROM seal.checkpoint WHERE sealed_at > $1', [since])).rows.length;
  await until('some rounds while entries are written', async () => {
    await write(10);
    return (await roundsSince()) >= ROUNDS ? true : undefined;
  });
  const entries = `FROM registry.log_row r LEFT JOIN seal.leaf l ON l.row_id = r.id WHERE uuid_extract_timestamp(r.id) > $1`;
  await until('the seal of every entry', async () => {
    const { rows } = await log.pool.query(`SELECT r.id ${entries} AND l.index IS NULL`, [since]);
    return rows.length === 0 ? true : undefined;
  });
  // A round that had begun may pass an entry by. The quickest rounds tell how they come, on however busy a machine.
  const { rows } = await log.pool.query<{ passed: number; pause: number }>(
    `SELECT (SELECT max((SELECT count(*) FROM seal.checkpoint c
          WHERE c.sealed_at > uuid_extract_timestamp(r.id) AND c.size <= l.index)) ${entries})::int AS passed,
        (SELECT min(pause) FROM (SELECT extract(epoch FROM sealed_at - lag(sealed_at) OVER (ORDER BY size)) AS pause
          FROM seal.checkpoint WHERE sealed_at > $1) p)::float8 AS pause`,
    [since],
  );
  expect(rows[0]?.passed).toBeLessThanOrEqual(1);
  expect(rows[0]?.pause).toBeLessThan(2);

  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${sealing.port}/${path}`);
    return { status: response.status, body: Buffer.from(await response.arrayBuffer()), headers: response.headers };
  };
  const note = await get('checkpoint');
  const { checkpoint, note: parsed } = parseSignedCheckpoint(note.body.toString());
  expect(hasSigned(keyNamed(log.keyPem), parsed)).toBe(true);
  const tree = new TiledTree(checkpoint.size, async (tile) => (await get(tilePath(tile))).body);
  expect(await tree.root()).toEqual(checkpoint.root);
  const bundle = await get('tile/entries/000');
  const first = bundle.body.subarray(2, 2 + bundle.body.readUInt16BE(0));
  expect(hashLeaf(first)).toEqual(await tree.leafHash(0));
  expect([bundle.headers.get('cache-control'), note.headers.get('cache-control')]).toEqual([
    'public, max-age=31536000, immutable',
    'no-store',
  ]);
  const wrong = ['tile/0/x001/000', 'tile/9/000', 'tile/entries/x001/000', 'graphql', 'tile/0/000/..'];
  expect(await Promise.all(wrong.map(async (path) => (await get(path)).status))).toEqual(wrong.map(() => 404));
  const metrics = (await get('metrics')).body.toString();
  expect(metrics).toContain(`samsyn_log_size ${checkpoint.size}\n`);
  expect(metrics).toContain('samsyn_log_sealing_lag_seconds 0\n');
  expect(metrics).toContain('samsyn_log_halted 0\n');
  const limit = await log.pool.query('SELECT extract(epoch FROM lag_limit)::int AS seconds FROM seal.state');
  expect(limit.rows).toEqual([{ seconds: 45 }]);
  await sealing.close();
  expect(await faultsOf(log)).toEqual([]);
});

test('a key is rotated without a stop: the new one signs from then on, the old one still verifies', async () => {
  const [old, next] = [newKeyPair(), newKeyPair()];
  const file = join(folder, 'log-key.pem');
  const put = (pem: string) => {
    writeFileSync(`${file}.new`, pem, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  put(old.privateKey);
  const sign = fileSigner(file);
  const text = `${ORIGIN}\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n`;
  const before = { text, signatures: [await sign(ORIGIN, text)] };
  put(next.privateKey);
  const after = { text, signatures: [await sign(ORIGIN, text)] };
  const verdicts = [before, after].map((note) => [
    hasSigned(keyNamed(old.publicKey), note),
    hasSigned(keyNamed(next.publicKey), note),
  ]);
  expect(verdicts).toEqual([
    [true, false],
    [false, true],
  ]);
  put('no key');
  await expect(sign(ORIGIN, text)).rejects.toThrow('holds no Ed25519 key');
});

test('a program signs where the key is kept elsewhere, and what it prints is verified', async () => {
  const { privateKey, publicKey } = newKeyPair();
  writeFileSync(join(folder, 'key.pem'), privateKey);
  const program = join(folder, 'signer.mjs');
  const node = process.execPath;
  writeFileSync(
    program,
    `#!${node}
import { sign } from 'node:crypto'; import { readFileSync } from 'node:fs';
process.stdout.write(sign(null, readFileSync(0), readFileSync('${join(folder, 'key.pem')}')).toString('base64'));`,
  );
  chmodSync(program, 0o755);
  const text = 'a text\n';
  const signature = await commandSigner(program, publicKey)(ORIGIN, text);
  expect(hasSigned(keyNamed(publicKey), { text, signatures: [signature] })).toBe(true);
  await expect(commandSigner(program, newKeyPair().publicKey)(ORIGIN, text)).rejects.toThrow('no signature of its key');
  await expect(commandSigner('/bin/false', publicKey)(ORIGIN, text)).rejects.toThrow('failed');
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  await expect(commandSigner(join(folder, 'none'), publicKey)(ORIGIN, text)).rejects.toThrow('cannot be run');
  expect(timers()).toBe(before);
});

test('faults of the configuration are reported at the start, and a process without a sealer’s database seals nothing', () => {
  const url = log.urls[sealerLogin().variable];
  expect(readSealConfiguration({})).toBe(null);
  expect(() => readSealConfiguration({ [sealerLogin().variable]: url })).toThrow('SAMSYN_LOG_ORIGIN is missing');
  expect(() => readSealConfiguration({ [sealerLogin().variable]: url, SAMSYN_LOG_ORIGIN: ORIGIN })).toThrow(
    'SAMSYN_LOG_MEMORY is missing',
  );
  const named = { SAMSYN_LOG_ORIGIN: ORIGIN, SAMSYN_LOG_MEMORY: join(folder, 'memory') };
  expect(() => readSealConfiguration({ [sealerLogin().variable]: url, ...named })).toThrow('set one of them');
});

test('a halted log decides nothing', async () => {
  await log.as(log.superuserUrl, (client) =>
    client.query('UPDATE seal.state SET root = sha256($1)', [Buffer.from('x')]),
  );
  await write(1);
  expect((await latest()).checkpoint.origin).toBe(ORIGIN);
  expect((await log.seal()).did).toBe('HALTED');
  await expect(decide()).rejects.toThrow('The access log is halted.');
});
