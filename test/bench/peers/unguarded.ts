import { exitOnFault } from '../../../process/configuration.ts';
import { verifyAssertion, verifyingKey } from '../../../schema/caller.ts';
import { serveOpenSector } from '../open-sector.ts';

/* A sector of the hub, or its registry, without guard, decision and access log. It verifies the gateway's assertions as the hub does. */

exitOnFault(async () => {
  const [, , name = ''] = process.argv;
  const key = await verifyingKey(process.env.SAMSYN_ASSERTION_PUBLIC_KEY ?? '');
  await serveOpenSector({
    name,
    databaseUrl: process.env.SAMSYN_BENCH_DATABASE_URL ?? '',
    whoAsks: (token) => verifyAssertion(key, name, token, 2),
    around: (schema) => schema,
  });
});
