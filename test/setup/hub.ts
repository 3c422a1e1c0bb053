import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyDataFolder } from '../../subgraphs/data-folder.ts';
import { type Hub, type HubOptions, prepareHub, startHub } from '../../subgraphs/hub.ts';
import { runFolder } from './run-folder.ts';

/** A whole hub of its own for a suite, on free ports, with the demo world as it is on the first start. End it by `stop`. */
export async function startTestHub(options: Partial<Pick<HubOptions, 'env' | 'onLoss'>> = {}): Promise<Hub> {
  const folder = await testData();
  return startHub({ ...options, folder, port: 0, issuerPort: 0, fsync: false });
}

/** A data folder of its own for a suite, prepared and not running. */
export async function testData(): Promise<string> {
  const folder = join(runFolder(), `hub-${randomUUID().slice(0, 8)}`);
  copyDataFolder(await preparedData(), folder);
  return folder;
}

/** The demo world, made once in a run of the tests by whichever suite needs it first; the others wait. */
async function preparedData(): Promise<string> {
  const folder = join(runFolder(), 'prepared');
  const outcome = join(runFolder(), 'prepared.txt');
  if (takes(join(runFolder(), 'preparing'))) {
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
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
