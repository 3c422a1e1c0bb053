import { sealerLogin } from '../../../../chassis/folders.ts';
import { createLog } from '../../../../chassis/log.ts';
import { ConfigurationError, exitOnFault } from '../../../../process/configuration.ts';
import { readSealConfiguration } from './seal-configuration.ts';
import { startSealing } from './sealing.ts';

/** `npm run seal`: a sealer in a process of its own, beside those in the registry's processes. */
async function main(): Promise<void> {
  const configuration = readSealConfiguration(process.env);
  if (configuration === null)
    throw new ConfigurationError([`${sealerLogin().variable} is missing: set it, or its _FILE`]);
  const sealing = await startSealing(configuration, createLog('sealer'));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void sealing.close().then(() => process.exit(0)));
  }
  process.stdout.write(`${JSON.stringify({ ready: true, port: sealing.port })}\n`);
}

exitOnFault(main);
