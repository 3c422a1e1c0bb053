import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyDataFolder } from '../../hub/data-folder.ts';
import { type Hub, type HubOptions, prepareHub, startHub } from '../../hub/hub.ts';
import { preparedOnce } from './prepared.ts';
import { RUN_FOLDER } from './run-folder.ts';

/** A data folder of its own for a suite, with the demo world in it. */
export interface TestData {
  readonly folder: string;
  /** Deletes it, when nothing runs from it any more. */
  remove(): void;
}

/**
 * A whole hub of its own for a suite, on free ports, with the demo world as it is on the first start. `end` stops it and
 * deletes its data.
 */
export async function startTestHub(
  options: Partial<Pick<HubOptions, 'env' | 'onLoss' | 'provider'>> = {},
): Promise<{ hub: Hub; end: () => Promise<void> }> {
  const data = await testData();
  const hub = await startHub({ ...options, folder: data.folder, port: 0, issuerPort: 0, fsync: false });
  const end = async () => {
    await hub.stop();
    data.remove();
  };
  return { hub, end };
}

/** A data folder of its own for a suite, prepared and not running. */
export async function testData(): Promise<TestData> {
  const run = process.env[RUN_FOLDER];
  const base = run ?? mkdtempSync(join(tmpdir(), 'samsyn-test-'));
  const folder = join(base, `hub-${randomUUID().slice(0, 8)}`);
  if (run !== undefined) {
    // The demo world is made once in a run.
    copyDataFolder(await preparedOnce(run, 'hub', (made) => prepareHub({ folder: made, fsync: false })), folder);
    return { folder, remove: () => rmSync(folder, { recursive: true }) };
  }
  // The database's user passes through it.
  chmodSync(base, 0o755);
  await prepareHub({ folder, fsync: false });
  return { folder, remove: () => rmSync(base, { recursive: true }) };
}
