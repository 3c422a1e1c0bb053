import type { Logger } from 'pino';
import { readSealConfiguration } from './seal-configuration.ts';
import { type Sealing, startSealing } from './sealing.ts';

/** Seals the access log beside the registry's answering, where the environment names a sealer's database; else null. */
export async function sealBeside(env: NodeJS.ProcessEnv, log: Logger): Promise<Sealing | null> {
  const configuration = readSealConfiguration(env);
  return configuration === null ? null : startSealing(configuration, log);
}
