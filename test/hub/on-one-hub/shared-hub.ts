import { afterAll } from '@jest/globals';
import type { Hub } from '../../../hub/hub.ts';
import { startTestHub } from '../../setup/hub.ts';

let started: ReturnType<typeof startTestHub> | undefined;

/** The hub that all parts of this suite ask; they do not disturb each other. It ends with the suite. */
export async function sharedHub(): Promise<Hub> {
  started ??= startTestHub();
  return (await started).hub;
}

afterAll(async () => {
  if (started !== undefined) await (await started).end();
});
