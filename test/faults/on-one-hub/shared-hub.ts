import { afterAll } from '@jest/globals';
import pg from 'pg';
import type { Hub } from '../../../hub/hub.ts';
import { startTestHub } from '../../setup/hub.ts';
import { newTrust } from '../routers/trust.ts';

/** The hub's trust in other federation routers. */
export const TRUST = newTrust();

let started: Promise<Awaited<ReturnType<typeof startTestHub>>> | undefined;

/** The hub that the parts of this suite ask. What its registry writes ahead can be decoded. It ends with the suite. */
export async function sharedHub(): Promise<Hub> {
  started ??= start();
  return (await started).hub;
}

async function start() {
  const place = await startTestHub({ env: TRUST.env });
  const { registry } = place.hub.postgres;
  await asSuperuser(place.hub, "ALTER SYSTEM SET wal_level = 'logical'");
  await registry.stop();
  await registry.start();
  await asSuperuser(place.hub, `SELECT pg_create_logical_replication_slot('${SLOT}', 'test_decoding')`);
  return place;
}

/** What decodes the write-ahead log of the registry's server, from the hub's first request on. */
export const SLOT = 'scan';

/** Rows of the registry's database, as its server's superuser sees them. */
export async function asSuperuser<Row extends pg.QueryResultRow>(
  hub: Hub,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const url = new URL(hub.postgres.registry.adminUrl);
  url.pathname = '/samsyn_registry';
  // Text that stands in binary columns is to be seen too.
  const client = new pg.Client({ connectionString: url.href, options: '-c bytea_output=escape' });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

afterAll(async () => {
  if (started !== undefined) await (await started).end();
});
