import { sealerLogin } from '../../../chassis/folders.ts';
import { newKeyPair } from '../../../process/key-pair.ts';
import { Sealer } from '../../../subgraphs/registry/log/seal/sealer.ts';
import { sealerPool } from '../../../subgraphs/registry/log/seal/sealer-pool.ts';
import { keySigner } from '../../../subgraphs/registry/log/seal/signer.ts';
import { ORIGIN } from '../../setup/sealed-log.ts';
import { endBefore, sharedRegistry } from './shared-registry.ts';

/** The key that seals the shared registry's log. */
export const SEALING_KEY = newKeyPair();

let started: Promise<Sealer> | undefined;

/** Seals the shared registry's log as it stands; how many leaves it has. */
export async function seal(): Promise<number> {
  const { database } = await sharedRegistry();
  started ??= start(database.urls[sealerLogin().variable] ?? '');
  const sealer = await started;
  while ((await sealer.round()).did === 'SEALED');
  const { rows } = await database.admin.query<{ size: string }>('SELECT size FROM seal.state');
  return Number(rows[0]?.size);
}

async function start(url: string): Promise<Sealer> {
  const pool = sealerPool(url);
  // The pool says goodbye without waiting, and the server that stops may be faster.
  pool.on('error', () => undefined);
  endBefore(() => pool.end());
  return new Sealer(pool, ORIGIN, keySigner(SEALING_KEY.privateKey));
}
