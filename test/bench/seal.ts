import { cpus } from 'node:os';
import { program } from 'commander';
import { TiledTree } from '../../schema/log/tiles.ts';
import { StoredTiles } from '../../subgraphs/registry/log/seal/stored-tiles.ts';
import { WRITE_ENTRIES } from '../setup/registry-database.ts';
import { startSealedLog } from '../setup/sealed-log.ts';

/**
 * `npm run bench:seal [-- COUNT]`: seals COUNT entries and prints as JSON how many a second, how long a proof takes from the
 * tiles in the database, and what the look at the seal costs each call of `authorize`.
 */
async function main(): Promise<void> {
  program.argument('[count]', 'entries', '200000').parse();
  const count = Number(program.args[0] ?? 200_000);
  const log = await startSealedLog({ fsync: true });
  try {
    for (let written = 0; written < count; written += 10_000)
      await log.as(log.runtime, (client) => client.query(WRITE_ENTRIES, [Math.min(10_000, count - written)]));
    const sealed = await timed(() => log.seal());
    const tree = () => new TiledTree(count, new StoredTiles(log.pool).read);
    const proofs = 200;
    const proven = await timed(async () => {
      for (let n = 0; n < proofs; n += 1) await tree().inclusionProof(Math.floor((count * n) / proofs));
    });
    const looks = 20_000;
    const looked = await timed(() =>
      log.as(log.owner, (client) =>
        client.query(`DO $$ BEGIN FOR n IN 1..${looks} LOOP PERFORM seal.demand_open(); END LOOP; END $$`),
      ),
    );
    const figures = {
      entries: count,
      cores: cpus().length,
      node: process.version,
      sealedPerSecond: Math.round(count / sealed),
      proofMilliseconds: Math.round((proven / proofs) * 10_000) / 10,
      lookMicroseconds: Math.round((looked / looks) * 10_000_000) / 10,
    };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  } finally {
    await log.end();
  }
}

/** Seconds that it took. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

await main();
