import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyDataFolder } from '../../subgraphs/data-folder.ts';
import { type Hub, type HubOptions, prepareHub, startHub } from '../../subgraphs/hub.ts';
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
  options: Partial<Pick<HubOptions, 'env' | 'onLoss'>> = {},
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
    copyDataFolder(await preparedData(run), folder);
    return { folder, remove: () => rmSync(folder, { recursive: true }) };
  }
  // The database's user passes through it.
  chmodSync(base, 0o755);
  await prepareHub({ folder, fsync: false });
  return { folder, remove: () => rmSync(base, { recursive: true }) };
}

/** The demo world, made once in a run of the tests by whichever suite needs it first; the others wait. */
async function preparedData(run: string): Promise<string> {
  const folder = join(run, 'prepared');
  const outcome = join(run, 'prepared.txt');
  if (takes(join(run, 'preparing'))) {
    const said = await prepareHub({ folder, fsync: false }).then(
      () => '',
      (error: unknown) => String(error),
    );
    writeFileSync(`${outcome}.new`, said);
    renameSync(`${outcome}.new`, outcome);
  }
  while (!existsSync(outcome)) await new Promise((wake) => setTimeout(wake, 50));
  const said = readFileSync(outcome, 'utf8');
  if (said !== '') throw new Error(said);
  return folder;
}

/** Making a folder is atomic: one process succeeds. */
function takes(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
