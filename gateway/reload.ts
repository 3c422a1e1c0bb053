import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { watchFiles } from '../process/renewal.ts';
import { describeFault } from './log.ts';

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
  const end = watchFiles([file], () => void look());
  // It may have changed since it was read.
  void look();
  return end;
}
