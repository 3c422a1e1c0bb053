import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { watchFiles } from '../process/renewal.ts';
import { describeFault } from './log.ts';

/** A file that is reloaded, the text it held, and what to do with a new one. */
export interface Reloading {
  readonly file: string;
  /** Serves the text from now on, or throws and leaves everything as it was. */
  readonly accept: (text: string) => void | Promise<void>;
  /** The text that is served now. */
  readonly served: string;
  readonly log: Logger;
}

/**
 * Serves the file's text whenever it changes, and at once on SIGHUP. If a supergraph is broken, the old one stays, and
 * the log reports it. Returns a function that stops it.
 */
export function reloadOnChange({ file, accept, served, log }: Reloading): () => void {
  let last = served;
  const look = async (): Promise<void> => {
    try {
      const text = await readFile(file, 'utf8');
      if (text === last) return;
      last = text;
      await accept(text);
      log.info('supergraph reloaded');
    } catch (fault) {
      log.error(
        { fault: describeFault(fault) },
        'the new supergraph is broken; the old one stays in use: correct the file',
      );
    }
  };
  let looked = Promise.resolve();
  // One after the other: the text that is read last is served.
  const lookNext = () => {
    looked = looked.then(look);
  };
  const end = watchFiles([file], lookNext);
  // The file may have changed since it was read.
  lookNext();
  return end;
}
