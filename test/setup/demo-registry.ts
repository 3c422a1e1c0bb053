import pg from 'pg';
import { folderNamed } from '../../subgraphs/folders.ts';
import { startRegistry, type TestRegistry } from './registry.ts';

/** A registry's database, and a connection to it past its triggers. */
export interface DemoRegistry extends Pick<TestRegistry, 'urls' | 'end'> {
  /** As the superuser: it may write what happened long ago. */
  readonly admin: pg.Client;
}

/** Makes a registry's database with the demo world in it, on a server of its own. */
export async function startDemoRegistry({ fsync = false } = {}): Promise<DemoRegistry> {
  const { server, urls, end } = await startRegistry({ fsync });
  const url = new URL(server.adminUrl);
  url.pathname = `/${folderNamed('registry').database}`;
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  return {
    urls,
    admin,
    async end() {
      await admin.end();
      await end();
    },
  };
}
