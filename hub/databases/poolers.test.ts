import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { folderNamed, ownerLogin, runtimeLogin, sealerLogin } from '../../chassis/folders.ts';
import { createOrm, createPool } from '../../chassis/store/database.ts';
import { demandServer, keepsStatements, mayPrepare } from '../../chassis/store/demand-server.ts';
import { newKeyPair } from '../../process/key-pair.ts';
import { Sealer } from '../../subgraphs/registry/log/seal/sealer.ts';
import { sealerPool } from '../../subgraphs/registry/log/seal/sealer-pool.ts';
import { keySigner } from '../../subgraphs/registry/log/seal/signer.ts';
import { subgraph } from '../../subgraphs/school/index.ts';
import { until } from '../../test/faults/until.ts';
import { type PgBouncer, pgBouncer, startPgBouncer } from '../../test/setup/pgbouncer.ts';
import { type RegistryDatabase, startRegistryDatabase } from '../../test/setup/registry-database.ts';
import { connected, type SchoolDatabase, startSchoolDatabase } from '../../test/setup/school.ts';
import { ImportLock } from '../import/import-lock.ts';
import { inMigration } from './run-migrations.ts';

const SCHOOL = folderNamed('school');
const program = pgBouncer();

let school: SchoolDatabase;
let registry: RegistryDatabase;
let transactions: PgBouncer;
let sessions: PgBouncer;
let url: string;
let ownerUrl: string;
let sealerUrl: string;

beforeAll(async () => {
  [school, registry] = await Promise.all([startSchoolDatabase(), startRegistryDatabase()]);
  url = school.urls[runtimeLogin(SCHOOL).variable] ?? '';
  ownerUrl = school.urls[ownerLogin(SCHOOL).variable] ?? '';
  sealerUrl = registry.urls[sealerLogin().variable] ?? '';
  if (program === null) return;
  transactions = await startPgBouncer(program, 'transaction', [url, ownerUrl, sealerUrl]);
  sessions = await startPgBouncer(program, 'session', [url, sealerUrl]);
});

afterAll(async () => {
  await Promise.all([transactions?.end(), sessions?.end()]);
  await Promise.all([school.end(), registry.end()]);
});

const through = program === null ? describe.skip : describe;

through(`behind PgBouncer${program === null ? ' (skipped: it is not installed)' : ''}`, () => {
  test('in session mode a serving process works, and in transaction mode its start is refused in one sentence', async () => {
    expect([await keepsStatements(url), await keepsStatements(sessions.through(url))]).toEqual([true, true]);
    await expect(demandServer(sessions.through(url), 'SAMSYN_SCHOOL_DATABASE_URL')).resolves.toBe(undefined);
    await expect(demandServer(transactions.through(url), 'SAMSYN_SCHOOL_DATABASE_URL')).rejects.toThrow(
      /^SAMSYN_SCHOOL_DATABASE_URL leads to a pooler that gives each transaction another session: use its session mode, or PgBouncer 1\.21 or later with max_prepared_statements, or the server itself\.$/,
    );
  });

  test.each(['transaction', 'session'] as const)('in %s mode the sealer connects and seals', async (mode) => {
    const pooled = (mode === 'session' ? sessions : transactions).through(sealerUrl);
    const isNamed = await mayPrepare(pooled, 'SAMSYN_REGISTRY_SEALER_URL');
    expect({ mode, isNamed }).toEqual({ mode, isNamed: mode === 'session' });
    const pool = sealerPool(pooled, { isNamed });
    pool.on('error', () => undefined);
    const sealer = new Sealer(pool, 'samsyn.example/pooled', keySigner(newKeyPair().privateKey));
    await registry.as(registry.superuserUrl, (client) =>
      client.query(
        `INSERT INTO registry.log_row (kind, request_id, operation_hash, caller, roles, name, part_from, unit_part, unit_permitted)
         VALUES ('READ', $1, 'x', 'p-1', 1, 'test', '{1,2}', '{1}', '{true}')`,
        [randomUUID()],
      ),
    );
    expect(await until('a seal', async () => ((await sealer.round()).did === 'NOTHING' ? true : undefined))).toBe(true);
    // Its settings ended with its transaction.
    const { rows } = await pool.query('SHOW enable_seqscan');
    expect(rows).toEqual([{ enable_seqscan: 'on' }]);
    await pool.end();
    const { rows: waiting } = await registry.as(registry.superuserUrl, (client) =>
      client.query(
        'SELECT count(*)::int AS rows FROM registry.log_row r WHERE NOT EXISTS (SELECT FROM seal.leaf l WHERE l.row_id = r.id)',
      ),
    );
    expect(waiting).toEqual([{ rows: 0 }]);
  });

  test('the lock of an import holds', async () => {
    const [one, two] = [await connected(transactions.through(url)), await connected(transactions.through(url))];
    const lock = await ImportLock.take(one, 'school:skovde');
    await expect(ImportLock.take(two, 'school:skovde')).rejects.toThrow('Another import for school:skovde is running');
    await expect(ImportLock.take(school.serving, 'school:skovde')).rejects.toThrow('Another import');
    await lock.giveBack();
    await (await ImportLock.take(two, 'school:skovde')).giveBack();
    await Promise.all([one.end(), two.end()]);
  });

  test('the lock of a migration holds, and is free after it', async () => {
    const [one, two] = [
      await connected(transactions.through(ownerUrl)),
      await connected(transactions.through(ownerUrl)),
    ];
    const order: string[] = [];
    const first = inMigration(one, async () => {
      order.push('the first begins');
      await until('the second waits', () => waitsForLock());
      order.push('the first ends');
    });
    await until('the first has begun', () => (order.length > 0 ? true : undefined));
    await Promise.all([first, inMigration(two, async () => void order.push('the second'))]);
    expect(order).toEqual(['the first begins', 'the first ends', 'the second']);
    expect(await school.ask("SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory'")).toEqual([0]);
    await Promise.all([one.end(), two.end()]);
  });
});

async function waitsForLock(): Promise<true | undefined> {
  const [waiting] = await school.ask("SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
  return waiting === 1 ? true : undefined;
}

test('a URL of several hosts reaches the one that is there, by statements and by the unit of work', async () => {
  const several = url.replace(/@([^/]+)/, '@127.0.0.1:1,$1');
  const pool = createPool(several, 1);
  const { rows } = await pool.query('SELECT current_user AS login');
  await pool.end();
  const orm = createOrm(several, SCHOOL.schema, subgraph.entities);
  const found = await orm.em.fork().execute('SELECT current_user AS login');
  await orm.close();
  expect([rows, found]).toEqual([[{ login: SCHOOL.runtime }], [{ login: SCHOOL.runtime }]]);
});
