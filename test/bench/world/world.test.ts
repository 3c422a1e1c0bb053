import { createPrivateKey, createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { auditorLogin, sealerLogin } from '../../../chassis/folders.ts';
import { newKeyPair } from '../../../process/key-pair.ts';
import { formatVerifierKey, SIGNATURE_TYPES, verifierKey } from '../../../schema/log/note.ts';
import { parsePolicy } from '../../../schema/log/policy.ts';
import { exportLog } from '../../../subgraphs/registry/log/audit/export.ts';
import { ExportReader } from '../../../subgraphs/registry/log/audit/exported.ts';
import { verifyExport } from '../../../subgraphs/registry/log/audit/verify.ts';
import { Sealer } from '../../../subgraphs/registry/log/seal/sealer.ts';
import { sealerPool } from '../../../subgraphs/registry/log/seal/sealer-pool.ts';
import { keySigner } from '../../../subgraphs/registry/log/seal/signer.ts';
import { type DemoRegistry, startDemoRegistry, WRITE_ENTRIES } from '../../setup/registry-database.ts';
import { faultsOf } from '../../setup/sealed-log.ts';
import { fillRegistryOf } from './build.ts';

const ORIGIN = 'samsyn.example/bench';
const YOUTHS = 120;
const { privateKey } = newKeyPair();

let registry: DemoRegistry;
let admin: pg.Client;
let pool: pg.Pool;
/** Entries of the demo world, which were there before. */
let before: number;

const count = async (what: string) => {
  const { rows } = await admin.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${what}`);
  return rows[0]?.n ?? 0;
};

beforeAll(async () => {
  registry = await startDemoRegistry();
  ({ admin } = registry);
  pool = sealerPool(registry.urls[sealerLogin().variable] ?? '');
  pool.on('error', () => undefined);
  before = await count('registry.entry');
  const sealing = { pool, origin: ORIGIN, sign: keySigner(privateKey) };
  await fillRegistryOf(admin, join(registry.folder, 'rows'), sealing, YOUTHS);
}, 60_000);
afterAll(async () => {
  await pool.end();
  await registry.end();
});

test('each youth of a world has 10 grants and 10 entries, and every index is back', async () => {
  expect(await count("registry.consent_grant WHERE id::text LIKE '%-4000-9000-%'")).toBe(YOUTHS * 10);
  expect(await count('registry.entry')).toBe(before + YOUTHS * 10);
  expect(await count("pg_indexes WHERE indexname IN ('log_row_about', 'log_row_order', 'seat_holder')")).toBe(3);
});

test('the entries of a world are sealed as the sealer would have sealed them', async () => {
  expect(await faultsOf({ pool, keyPem: privateKey })).toEqual([]);
});

/** The demo world has none; of each youth there is one for each of three sectors. */
const ROWS = YOUTHS * 3;

test('the log of a world verifies by an auditor’s export', async () => {
  const auditor = new pg.Pool({
    connectionString: registry.urls[auditorLogin().variable] ?? '',
    max: 1,
    options: '-c TimeZone=UTC',
  });
  const folder = join(registry.folder, 'export');
  const ever = { from: new Date('2020-01-01'), to: new Date('2100-01-01'), by: 'p-audit' };
  await exportLog(auditor, ever, folder).finally(() => auditor.end());
  const key = verifierKey(ORIGIN, createPublicKey(createPrivateKey(privateKey)), SIGNATURE_TYPES.NOTE);
  const policy = parsePolicy(`log ${formatVerifierKey(key)}\nquorum none\n`);
  const verdict = await verifyExport(new ExportReader(folder), { policy, known: [], retentionYears: 5 });
  expect(verdict).toMatchObject({
    mode: 'FULL',
    size: ROWS,
    verified: ROWS,
    faults: [],
  });
});

test('the sealer goes on from a world’s log', async () => {
  await admin.query('RESET session_replication_role');
  await admin.query(WRITE_ENTRIES, [5]);
  const sealer = new Sealer(pool, ORIGIN, keySigner(privateKey));
  expect(await sealer.round()).toMatchObject({ did: 'SEALED', isMore: false });
  expect(await faultsOf({ pool, keyPem: privateKey })).toEqual([]);
});
