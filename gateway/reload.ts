import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { describeFault } from './log.ts';

/** How often the file is looked at, in milliseconds. Mounted files tell of changes in no other way. */
const LOOK_EVERY_MS = 1_000;

/** What is reloaded, from where, and who is told. */
export interface Reloading {
  readonly file: string;
  /** Serves the text from now on, or throws and leaves everything as it was. */
  readonly accept: (text: string) => void;
  /** The text that is served now. */
  readonly served: string;
  readonly log: Logger;
}

/**
 * Serves what the file holds whenever it changes, and at once on SIGHUP. A supergraph that is broken is not served: the old
 * one stays, and the log says so. Returns what ends it.
 */
export function reloadOnChange({ file, accept, served, log }: Reloading): () => void {
  let last = served;
  const look = async (): Promise<void> => {
    try {
      const text = await readFile(file, 'utf8');
      if (text === last) return;
      last = text;
      accept(text);
      log.info('supergraph reloaded');
    } catch (fault) {
      log.error({ fault: describeFault(fault) }, 'the new supergraph is broken; the old one stays');
    }
  };
  const onSignal = () => void look();
  watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, onSignal);
  process.on('SIGHUP', onSignal);
  return () => {
    unwatchFile(file, onSignal);
    process.off('SIGHUP', onSignal);
  };
}
