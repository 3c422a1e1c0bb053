import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { databaseUrls } from '../../../chassis/database-urls.ts';
import { folders, sealerLogin } from '../../../chassis/folders.ts';
import { openDataFolder } from '../../../hub/data-folder.ts';
import { DEMO_LOG, prepareHub } from '../../../hub/hub.ts';
import { startPostgres } from '../../../hub/postgres/postgres.ts';
import { sealerPool } from '../../../subgraphs/registry/log/seal/sealer-pool.ts';
import { keySigner } from '../../../subgraphs/registry/log/seal/signer.ts';
import { CopyIn } from './copy-in.ts';
import { fillSealedLog, type Sealing } from './sealed-entries.ts';
import { type Known, registryTables, sectorTables, type Table } from './tables.ts';

/*
 * A hub's data with many youths: each with two guardians, a group with four seats, a signed consent with 10 grants, 10
 * sealed entries in the access log, and a link and a record in each of four sectors. All goes in by COPY; no trigger settles
 * anything, so the rows say what the triggers would have settled.
 */

const MARK = 'bench-world.txt';

/** Makes the world in `folder`, unless it is there already. */
export async function buildWorld(folder: string, youths: number): Promise<void> {
  const mark = join(folder, MARK);
  const made = `${youths} ${tables()}`;
  if (existsSync(mark) && readFileSync(mark, 'utf8') === made) return;
  rmSync(folder, { recursive: true, force: true });
  const began = performance.now();
  tell('making the databases');
  await prepareHub({ folder, fsync: false });
  await Promise.all([fillRegistry(folder, youths), fillSectors(folder, youths)]);
  writeFileSync(mark, made);
  tell(`${youths.toLocaleString('en')} youths in ${Math.round((performance.now() - began) / 1000)} s`);
}

/** Tells one state of what makes a world from another: a world of other tables or rows is made anew. */
function tables(): string {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const hash = createHash('sha256');
  const files = ['subgraphs', 'chassis', 'test/bench/world'].flatMap((part) =>
    readdirSync(join(root, part), { recursive: true, encoding: 'utf8' }).map((file) => join(part, file)),
  );
  const making = files.filter((file) => /\/migrations\/.*\.(sql|ts)$|^test\/bench\/world\/.*\.ts$/.test(file));
  for (const file of making.sort()) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

async function fillRegistry(folder: string, youths: number): Promise<void> {
  await onServer(folder, 'registry', async (connect, host) => {
    const secrets = openDataFolder(folder, folders());
    const url = databaseUrls(folders(), { registry: host, sectors: host }, secrets.passwords)[sealerLogin().variable];
    const pool = sealerPool(url ?? '');
    try {
      const sealing = { pool, origin: DEMO_LOG, sign: keySigner(secrets.logPrivateKey) };
      await fillRegistryOf(await connect('samsyn_registry'), rowsFolder(), sealing, youths);
    } finally {
      await pool.end();
    }
  });
}

/**
 * Fills a registry that has the demo world. Takes a superuser's connection, which passes the triggers; `files` is a folder
 * of its own that the database's user can read in.
 */
export async function fillRegistryOf(
  client: pg.Client,
  files: string,
  sealing: Sealing,
  youths: number,
): Promise<void> {
  const known = await knownIn(client);
  await fill(client, files, registryTables(known), youths);
  await fillSealedLog(client, files, sealing, { ...known, youths });
  tell('registry.log_row, sealed');
  await client.query('VACUUM ANALYZE');
  tell('registry analysed');
  rmSync(files, { recursive: true });
}

async function fillSectors(folder: string, youths: number): Promise<void> {
  const files = rowsFolder();
  await onServer(folder, 'sectors', async (connect) => {
    for (const [database, tables] of Object.entries(sectorTables({ now: new Date() }))) {
      const client = await connect(database);
      await fill(client, files, tables, youths);
      await client.query('VACUUM ANALYZE');
    }
  });
  rmSync(files, { recursive: true });
}

/** A folder for rows on their way: in memory where there is such a place, since writing and deleting them takes its time. */
function rowsFolder(): string {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'samsyn-rows-'));
  // The database's user reads in it.
  chmodSync(folder, 0o755);
  return folder;
}

/** What the demo world's registry calls what the rows refer to. */
async function knownIn(client: pg.Client): Promise<Known> {
  const numbers = async (table: string) => {
    const { rows } = await client.query<{ code: string; id: number }>(`SELECT code, id FROM ${table}`);
    return Object.fromEntries(rows.map(({ code, id }) => [code, id]));
  };
  const { rows } = await client.query<{ id: string }>(
    "SELECT id FROM registry.programme WHERE code = 'skovde-sig' ORDER BY version DESC LIMIT 1",
  );
  const [programme] = rows;
  if (programme === undefined) throw new Error('The demo world should have the programme skovde-sig.');
  return {
    agencies: await numbers('registry.agency'),
    categories: await numbers('registry.category'),
    programme: programme.id,
    now: new Date(),
  };
}

/** Nobody reads while rows are made, and who loses power makes them again. */
const FILLING = {
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '8GB',
  checkpoint_timeout: '1h',
  shared_buffers: '512MB',
  maintenance_work_mem: '512MB',
};

async function onServer(
  folder: string,
  name: string,
  work: (connect: (database: string) => Promise<pg.Client>, host: string) => Promise<void>,
): Promise<void> {
  const server = await startPostgres({
    folder: join(folder, `${name}-server`),
    port: 0,
    fsync: false,
    settings: FILLING,
  });
  const clients: pg.Client[] = [];
  try {
    const connect = async (database: string) => {
      const url = new URL(server.adminUrl);
      url.pathname = `/${database}`;
      const client = new pg.Client({ connectionString: url.href });
      await client.connect();
      clients.push(client);
      return client;
    };
    await work(connect, `127.0.0.1:${server.port}`);
  } finally {
    for (const client of clients) await client.end();
    await server.stop();
  }
}

/** Loads tables one after the other. */
async function fill(client: pg.Client, files: string, tables: readonly Table[], youths: number): Promise<void> {
  // As a replica the tables' triggers and foreign keys are silent.
  await client.query('SET session_replication_role = replica; SET synchronous_commit = off');
  const copy = new CopyIn(client, files);
  for (const table of tables) {
    await copy.fill(table, youths);
    tell(table.into.split(' ')[0] ?? '');
  }
}

function tell(what: string): void {
  process.stderr.write(`world: ${Math.round(process.uptime())} s: ${what}\n`);
}
