import { readFileSync } from 'node:fs';

/** A sentence of a page, what is asked about it, and the expected answer. */
export interface Row {
  readonly page: string;
  readonly sentence: string;
  /** Null if nothing can be asked; the answer says why. */
  readonly request: { readonly verb: string; readonly rest: string } | null;
  readonly answer: string;
}

/** The rows of the table, in order. */
export function rows(): Row[] {
  let page = '';
  return readFileSync(new URL('c2sp.md', import.meta.url), 'utf8')
    .split('\n')
    .flatMap((line): Row[] => {
      page = /^## (\S+) · \d{4}-\d\d-\d\d · [0-9a-f]{8}$/.exec(line)?.[1] ?? page;
      const [, level = '', sentence = '', request = '', answer = ''] = line.split('|').map((cell) => cell.trim());
      if (!line.startsWith('| ') || level === 'Level' || level === '---') return [];
      const [, verb = '', rest = ''] = /^`(\S+) ?(.*)`$/.exec(request) ?? [];
      return [{ page, sentence, request: verb === '' ? null : { verb, rest }, answer }];
    });
}
