import { createPrivateKey, createPublicKey } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { folders } from '../../chassis/folders.ts';
import { copyDataFolder, openDataFolder } from '../../hub/data-folder.ts';
import { DEMO_LOG, prepareHub, startHub } from '../../hub/hub.ts';
import { ROOT } from '../../process/root.ts';
import { DEMO_YOUTHS } from '../../schema/demo-world.ts';
import { formatVerifierKey, SIGNATURE_TYPES, verifierKey } from '../../schema/log/note.ts';
import { originOf } from '../../subgraphs/registry/log/seal/state.ts';
import { until } from '../faults/until.ts';
import { ask, sql } from '../setup/ask.ts';
import { audit } from '../setup/audit-calls.ts';
import { catalogueOf } from '../setup/catalogue.ts';
import { testData } from '../setup/hub.ts';
import {
  buildReleased,
  prepareReleasedHub,
  RELEASED,
  releasedApiSchema,
  sealAndExportReleased,
  whyNotBuilt,
} from '../setup/released.ts';
import { RUN_FOLDER } from '../setup/run-folder.ts';
import { type ByDatabase, fromEach, onServers, query, type Rows, rowsOf } from './databases.ts';

/** Several hubs are made here, one after the other. */
const LIMIT_MS = 180_000;
const why = whyNotBuilt();
if (why !== null) process.stderr.write(`The tests of release ${RELEASED.version} are skipped: ${why}.\n`);

/** In a clone that lacks the release a test is skipped, and its name says why. */
function testOfRelease(name: string, work: () => void | Promise<void>): void {
  if (why === null) test(name, work, LIMIT_MS);
  else test.skip(`${name} (skipped: ${why})`, work);
}

let base: string;
let tree: string;
const data = () => join(base, 'data');
let catalogue: ByDatabase<string[]>;
let rows: ByDatabase<Rows>;

beforeAll(async () => {
  base = mkdtempSync(join(process.env[RUN_FOLDER] ?? tmpdir(), 'released-'));
  // The database's user passes through it.
  chmodSync(base, 0o755);
  tree = join(base, 'tree');
  if (why !== null) return;
  buildReleased(tree);
  prepareReleasedHub(tree, data());
  catalogue = await fromEach(data(), catalogueOf);
  rows = await fromEach(data(), rowsOf);
}, LIMIT_MS);
afterAll(() => rmSync(base, { recursive: true }));

const fixture = (path: string) => readFileSync(join(ROOT, path), 'utf8');

testOfRelease('the released version makes the databases of the fixture', () => {
  expect(catalogue).toEqual(JSON.parse(fixture(RELEASED.catalogue)));
});

testOfRelease('the released version has the API schema of the fixture', () => {
  expect(releasedApiSchema(tree)).toBe(fixture(RELEASED.apiSchema));
});

/** Statements at the registry's database of a hub that stands still. */
async function atRegistry(folder: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  let found: Record<string, unknown>[] = [];
  await onServers(folder, async (server, url) => {
    if (server === 'registry') found = await query(url('samsyn_registry'), text, values);
  });
  return found;
}

/** A copy of the released version's hub in which seven entries wait for their seal. */
async function withEntries(name: string): Promise<string> {
  const folder = join(base, name);
  copyDataFolder(data(), folder);
  await atRegistry(
    folder,
    `INSERT INTO registry.entry (kind, permitted, request_id, operation_hash, caller, roles, name)
     SELECT 'READ', n % 3 > 0, gen_random_uuid(), 'hash', 'p-1001', 1, 'group' FROM generate_series(1, 7) n`,
  );
  return folder;
}

let fresh: ByDatabase<string[]> | undefined;
/** What the databases of a new hub consist of. */
async function freshCatalogue(): Promise<ByDatabase<string[]>> {
  if (fresh === undefined) {
    const made = await testData();
    fresh = await fromEach(made.folder, catalogueOf);
    made.remove();
  }
  return fresh;
}

/** The log and what belongs to it: closed by the upgrade. */
const OF_THE_LOG = /^(registry\.(entry|log_sum|summed_period|late_day)|seal\.(leaf|tile|erasure_leaves|state))$/;

/** Expects every row of these tables to be in `after`, and no other. */
function expectRows(before: ByDatabase<Rows>, after: ByDatabase<Rows>): void {
  for (const [database, tables] of Object.entries(before)) {
    for (const [table, own] of Object.entries(tables)) {
      if (OF_THE_LOG.test(table)) continue;
      const columns = Object.keys(own[0] ?? {});
      const now = (after[database]?.[table] ?? []).map((row) =>
        Object.fromEntries(columns.map((each) => [each, row[each]])),
      );
      expect({ database, table, rows: now }).toEqual({ database, table, rows: own });
    }
  }
}

testOfRelease(
  'a hub of the released version, brought to this one, has the databases of a new hub, and every row that it had',
  async () => {
    const folder = join(base, 'empty-log');
    copyDataFolder(data(), folder);
    await prepareHub({ folder, fsync: false });

    expect(await fromEach(folder, catalogueOf)).toEqual(await freshCatalogue());
    const after = await fromEach(folder, rowsOf);
    expectRows(rows, after);
    expect(rows.samsyn_registry?.['registry.signature']?.length).toBeGreaterThan(5);
    expect(rows.samsyn_school?.['agency.attendance']?.length).toBeGreaterThan(0);
    // There was no entry to keep.
    expect(await atRegistry(folder, "SELECT to_regnamespace('closed_log') IS NOT NULL AS kept")).toEqual([
      { kept: false },
    ]);
    expect(after.samsyn_registry?.['seal.state']).toMatchObject([{ log: 1, size: 0 }]);
  },
);

testOfRelease('entries that wait for their seal keep the upgrade from changing anything, and it says so', async () => {
  const folder = await withEntries('waiting');
  const before = { catalogue: await fromEach(folder, catalogueOf), rows: await fromEach(folder, rowsOf) };

  await expect(prepareHub({ folder, fsync: false })).rejects.toThrow(
    /^The database samsyn_registry stays as it is\. .*Entries of the access log that ends here wait for their seal: stop the gateway, let release 0\.1\.0 seal and export the log, and migrate again\.$/,
  );
  const after = { catalogue: await fromEach(folder, catalogueOf), rows: await fromEach(folder, rowsOf) };
  expect(after.catalogue.samsyn_registry).toEqual(before.catalogue.samsyn_registry);
  expect(after.rows.samsyn_registry).toEqual(before.rows.samsyn_registry);
  expect(before.rows.samsyn_registry?.['registry.entry']).toHaveLength(7);
});

describe('a log that the released version has sealed', () => {
  let folder: string;
  let exported: string;
  let before: Rows;

  beforeAll(async () => {
    if (why !== null) return;
    folder = await withEntries('sealed');
    exported = join(base, 'exported');
    sealAndExportReleased(tree, folder, exported);
    before = (await fromEach(folder, rowsOf)).samsyn_registry ?? {};
    await prepareHub({ folder, fsync: false });
  }, LIMIT_MS);

  testOfRelease('stands as it was in a schema of its own, with its checkpoints where they were', async () => {
    const after = (await fromEach(folder, rowsOf)).samsyn_registry ?? {};
    // The export is itself an entry.
    expect(before['registry.entry']).toHaveLength(8);
    for (const [was, is] of [
      ['registry.entry', 'closed_log.entry'],
      ['seal.leaf', 'closed_log.leaf'],
      ['seal.tile', 'closed_log.tile'],
      ['seal.checkpoint', 'seal.checkpoint'],
    ] as const) {
      expect({ is, rows: after[is] }).toEqual({ is, rows: before[was] });
    }
    expect(after['seal.checkpoint']?.length).toBeGreaterThan(0);
    const [{ root, size, origin } = {}] = before['seal.state'] ?? [];
    expect(after['closed_log.state']).toMatchObject([{ log: 1, root, size, origin }]);
    expect(after['seal.state']).toMatchObject([{ log: 2, size: 0, origin }]);
    expect(after['registry.log_row']).toEqual([]);
    expectRows({ samsyn_registry: before }, { samsyn_registry: after });
    const own = (catalogue: ByDatabase<string[]>) =>
      Object.fromEntries(
        Object.entries(catalogue).map(([name, all]) => [name, all.filter((object) => !object.includes('closed_log'))]),
      );
    expect(own(await fromEach(folder, catalogueOf))).toEqual(own(await freshCatalogue()));
  });

  testOfRelease('is kept from everybody who would change it, and read by the auditor alone', async () => {
    const attempts = [
      'UPDATE closed_log.entry SET permitted = true',
      'DELETE FROM closed_log.leaf',
      'TRUNCATE closed_log.tile',
    ];
    const refusedTo = async (role: string, text: string) =>
      atRegistry(folder, `SET ROLE ${role}; ${text}`).then(
        () => 'permitted',
        ({ message }: Error) => message,
      );
    for (const attempt of attempts) {
      expect(await refusedTo('samsyn_registry_owner', attempt)).toBe('The access log is only appended to.');
      expect(await refusedTo('samsyn_registry', attempt)).toMatch(/permission denied/);
      expect(await refusedTo('samsyn_auditor', attempt)).toMatch(/permission denied/);
    }
    const read = 'SELECT FROM closed_log.entry, closed_log.leaf, closed_log.tile, closed_log.state';
    expect(await refusedTo('samsyn_auditor', read)).toBe('permitted');
    for (const role of ['samsyn_registry', 'samsyn_sealer', 'samsyn_erasure', 'samsyn_sector'])
      expect(await refusedTo(role, read)).toMatch(/permission denied/);
  });

  testOfRelease('is verified by its export with this version', async () => {
    const verdict = await audit({ urls: {} }, 'verify', exported, '--policy', policyFor(folder, 1));
    expect(verdict).toEqual({ code: 0, text: expect.stringContaining('7') });
  });

  testOfRelease(
    'is followed by a new log, which decides by the consents that there were, seals and verifies',
    async () => {
      const hub = await startHub({ folder, port: 0, issuerPort: 0, fsync: false });
      try {
        const asked = async (youth: keyof typeof DEMO_YOUTHS): Promise<Record<string, unknown[] | null> | undefined> =>
          (
            await ask(
              hub,
              'social-coordinator',
              'query ($id: ID!) { youth(id: $id) { suspicions { status } attendance { minutesPlanned } } }',
              {
                id: DEMO_YOUTHS[youth].id,
              },
            )
          ).data?.youth;
        const all = await asked('everything');
        expect([all?.suspicions, all?.attendance].map((each) => (each?.length ?? 0) > 0)).toEqual([true, true]);
        expect(await asked('withdrawn')).toEqual({ suspicions: null, attendance: null });

        const sealed = await until('the new log is sealed', async () => {
          const [row] = await sql<{ waiting: number; size: number; origin: string }>(
            hub,
            'SAMSYN_REGISTRY_OWNER_URL',
            `SELECT (SELECT count(*)::int FROM registry.log_row r
              WHERE NOT EXISTS (SELECT FROM seal.leaf l WHERE l.row_id = r.id)) AS waiting,
            s.size::int AS size, split_part((SELECT c.note FROM seal.checkpoint c WHERE c.log = 2 ORDER BY c.size DESC LIMIT 1), E'\n', 1) AS origin
           FROM seal.state s`,
          );
          return row !== undefined && row.waiting === 0 && row.size > 0 ? row : undefined;
        });
        expect(sealed.origin).toBe(`${DEMO_LOG}/2`);
        const into = join(base, 'exported-anew');
        const urls = hub.databaseUrls as Record<string, string>;
        const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
        expect((await audit({ urls }, 'export', into, '--from', day(-1), '--to', day(2))).code).toBe(0);
        const verdict = await audit({ urls: {} }, 'verify', into, '--policy', policyFor(folder, 2));
        expect(verdict).toMatchObject({ code: 0 });
      } finally {
        await hub.stop();
      }
    },
  );
});

/** The file of a policy that trusts the log of this number, and asks for no witness: a demo has none. */
function policyFor(folder: string, log: number): string {
  const { logPrivateKey } = openDataFolder(folder, folders());
  const key = verifierKey(
    originOf(DEMO_LOG, log),
    createPublicKey(createPrivateKey(logPrivateKey)),
    SIGNATURE_TYPES.NOTE,
  );
  const file = join(base, `policy-${log}`);
  writeFileSync(file, `log ${formatVerifierKey(key)}\nquorum none\n`);
  return file;
}
