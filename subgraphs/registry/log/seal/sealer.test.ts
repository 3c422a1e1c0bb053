import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { authorizeLogin, folderNamed, sealerLogin } from '../../../../chassis/folders.ts';
import { until } from '../../../../test/faults/until.ts';
import { WRITE_ENTRIES } from '../../../../test/setup/registry-database.ts';
import { faultsOf, ORIGIN, type SealedLog, startSealedLog } from '../../../../test/setup/sealed-log.ts';
import { Sealer } from './sealer.ts';
import { thinCheckpoints } from './thinning.ts';

let log: SealedLog;
beforeAll(async () => {
  log = await startSealedLog();
}, 60_000);
afterAll(() => log.end());

/** Every test begins with all that is written sealed. */
beforeEach(async () => {
  expect((await log.seal()).did).toBe('NOTHING');
});

const write = (count: number) => log.as(log.runtime, (client) => client.query(WRITE_ENTRIES, [count]));
const sizeNow = async () =>
  Number((await log.pool.query<{ size: string }>('SELECT size FROM seal.state')).rows[0]?.size);

test('entries are sealed once, in order, whatever the batches', async () => {
  const before = await sizeNow();
  await write(700);
  expect(await log.sealer.round(300)).toEqual({ did: 'SEALED', entries: 300, size: before + 300, isMore: true });
  await write(5);
  expect(await log.sealer.round(300)).toEqual({ did: 'SEALED', entries: 300, size: before + 600, isMore: true });
  expect(await log.sealer.round(300)).toEqual({ did: 'SEALED', entries: 105, size: before + 705, isMore: false });
  expect(await log.sealer.round(300)).toEqual({ did: 'NOTHING' });
  expect(await faultsOf(log)).toEqual([]);
});

test('an entry of a transaction that is older than it waits for that transaction', async () => {
  const before = await sizeNow();
  await log.as(log.runtime, async (slow) => {
    await slow.query('BEGIN');
    await slow.query(WRITE_ENTRIES, [1]);
    await write(3);
    expect((await log.sealer.round()).did).toBe('NOTHING');
    await slow.query(WRITE_ENTRIES, [1]);
    await slow.query('COMMIT');
  });
  await log.seal();
  expect(await sizeNow()).toBe(before + 5);
  expect(await faultsOf(log)).toEqual([]);
});

test('while many write, slow and fast, and some take it back, no entry is lost, doubled or out of order', async () => {
  const before = await sizeNow();
  let written = 0;
  let isWriting = true;
  const writer = (pace: number) =>
    log.as(log.runtime, async (client) => {
      for (let n = 0; n < 40; n += 1) {
        await client.query('BEGIN');
        const entries = 1 + ((n * pace) % 5);
        await client.query(WRITE_ENTRIES, [entries]);
        // Slow writers hold their transaction open over those of the fast ones.
        for (let step = 0; step < pace; step += 1) await client.query('SELECT pg_sleep(0.002)');
        await client.query(WRITE_ENTRIES, [1]);
        const isKept = n % 7 !== 3;
        await client.query(isKept ? 'COMMIT' : 'ROLLBACK');
        if (isKept) written += entries + 1;
      }
    });
  const sealing = (async () => {
    while (isWriting) await log.sealer.round(50);
  })();
  await Promise.all([1, 0, 2, 0, 5, 0, 9, 0].map(writer));
  isWriting = false;
  await sealing;
  await log.seal();
  expect(await sizeNow()).toBe(before + written);
  expect(await faultsOf(log)).toEqual([]);
}, 60_000);

test('one of several sealers works at a time, and the others seal the rest', async () => {
  const before = await sizeNow();
  await write(900);
  const other = new Sealer(log.pool, ORIGIN, log.signer);
  const meanwhile: string[] = [];
  const first = new Sealer(log.pool, ORIGIN, async (name, text) => {
    meanwhile.push((await other.round(20)).did);
    return log.signer(name, text);
  });
  expect((await first.round(20)).did).toBe('SEALED');
  expect((await other.round(20)).did).toBe('SEALED');
  expect(meanwhile).toEqual(['WAITED']);
  await log.seal();
  expect(await sizeNow()).toBe(before + 900);
  expect(await faultsOf(log)).toEqual([]);
});

test('a sealer that cannot sign, or does not get to its end, leaves nothing behind', async () => {
  const before = await sizeNow();
  await write(10);
  const broken = new Sealer(log.pool, ORIGIN, () => Promise.reject(new Error('no key')));
  await expect(broken.round()).rejects.toThrow('no key');
  expect(await sizeNow()).toBe(before);
  const dies = new Sealer(log.pool, ORIGIN, async (name, text) => {
    const ends = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'samsyn sealer' AND state = 'idle in transaction'`;
    await log.as(log.superuserUrl, (client) => client.query(ends));
    return log.signer(name, text);
  });
  // The broken round’s connection still holds the lock until the server has noticed that it is closed.
  const ended = await until('the lock is free', async () => {
    const did = await dies.round().then(
      (round) => round.did,
      () => 'FAILED',
    );
    return did === 'WAITED' ? undefined : did;
  });
  expect(ended).toBe('FAILED');
  expect(await sizeNow()).toBe(before);
  await log.seal();
  expect(await sizeNow()).toBe(before + 10);
  expect(await faultsOf(log)).toEqual([]);
});

test('a log keeps its name', async () => {
  await write(1);
  await expect(new Sealer(log.pool, 'other.example', log.signer).round()).rejects.toThrow('a log keeps its name');
});

test('nobody but the sealer locks or writes what is sealed', async () => {
  const logins = [
    log.runtime,
    log.urls[authorizeLogin(folderNamed('school')).variable],
    log.urls.SAMSYN_REGISTRY_AUDITOR_URL,
    log.urls.SAMSYN_REGISTRY_ERASER_URL,
    log.urls.SAMSYN_REGISTRY_ERASURE_CONFIRMER_URL,
  ];
  for (const url of logins) {
    for (const attempt of [
      'SELECT FROM seal.state FOR UPDATE',
      'SELECT FROM seal.state FOR SHARE',
      'BEGIN; LOCK TABLE seal.state IN ROW EXCLUSIVE MODE',
      'UPDATE seal.state SET size = 0',
      "INSERT INTO seal.leaf (index, content) VALUES (1000000, '')",
      'DELETE FROM seal.leaf',
      "UPDATE seal.tile SET hashes = ''",
      "UPDATE seal.checkpoint SET note = ''",
    ]) {
      await expect(log.as(url, (client) => client.query(attempt))).rejects.toThrow('permission denied');
    }
  }
  await log.as(log.urls[sealerLogin().variable], async (client) => {
    for (const attempt of [
      'DELETE FROM seal.leaf',
      "UPDATE seal.leaf SET content = ''",
      "UPDATE seal.checkpoint SET note = ''",
      'DELETE FROM registry.log_row',
      'UPDATE registry.log_row SET roles = 0',
    ])
      await expect(client.query(attempt)).rejects.toThrow('permission denied');
    await expect(client.query('UPDATE seal.state SET size = 0')).rejects.toThrow('The sealer only goes on.');
  });
});

test('a leaf, a tile and a checkpoint tell nothing of the entry', async () => {
  await write(2);
  await log.seal();
  const { rows } = await log.pool.query<{ content: Buffer }>('SELECT content FROM seal.leaf');
  // Version, commitment, one part, its hash.
  expect(new Set(rows.map(({ content }) => [content[0], content.readUInt32BE(33), content.length].join()))).toEqual(
    new Set(['2,1,69']),
  );
  expect(new Set(rows.map(({ content }) => content.toString('hex'))).size).toBe(rows.length);
});

test('one checkpoint an hour of past days is kept, rather a witnessed one', async () => {
  for (let n = 0; n < 4; n += 1) {
    await write(1);
    await log.seal();
  }
  const size = await sizeNow();
  await log.as(log.superuserUrl, (client) =>
    client.query(
      `UPDATE seal.checkpoint SET sealed_at = date_trunc('hour', sealed_at) - interval '2 days' - make_interval(hours => (size = $1 - 3)::int),
         witnessed_at = CASE WHEN size = $1 - 2 THEN sealed_at END WHERE size BETWEEN $1 - 3 AND $1 - 1`,
      [size],
    ),
  );
  await thinCheckpoints(log.pool);
  const { rows } = await log.pool.query<{ size: string }>(
    'SELECT size FROM seal.checkpoint WHERE size >= $1 - 3 ORDER BY size',
    [size],
  );
  expect(rows.map((row) => Number(row.size))).toEqual([size - 3, size - 2, size]);
  expect(await faultsOf(log)).toEqual([]);
});

test('a tree that was changed in the database is noticed, and halts the log until an operator has looked', async () => {
  await write(1);
  await log.as(log.superuserUrl, (client) =>
    client.query(
      'UPDATE seal.tile SET hashes = set_byte(hashes, length(hashes) - 1, 1 + get_byte(hashes, length(hashes) - 1) % 9)',
    ),
  );
  expect(await log.sealer.round()).toEqual({ did: 'HALTED', why: 'TREE_DIFFERS', isNew: true });
  expect(await log.sealer.round()).toEqual({ did: 'HALTED', why: 'TREE_DIFFERS', isNew: false });
  await log.as(log.urls[sealerLogin().variable], (client) =>
    expect(client.query('UPDATE seal.state SET halted_at = NULL, halted_why = NULL')).rejects.toThrow(
      'The sealer only goes on.',
    ),
  );
});
