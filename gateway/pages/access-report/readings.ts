import { clockOf, dayOf } from '../days.ts';
import { grouped } from '../grouped.ts';
import type { Language } from '../page.ts';
import type { ExtractRow } from './answer.ts';

/** A row of the page: the information that one person read within one minute, on one basis. */
export interface Reading extends Pick<ExtractRow, 'agency' | 'role' | 'basis' | 'shown'> {
  readonly day: string;
  readonly time: string;
  readonly kinds: readonly Kind[];
}

/**
 * A kind of one agency's information, with the numbers of its rows, and those of their calls in the log; null stands for a call
 * that is not sealed yet.
 */
export interface Kind {
  readonly information: string;
  readonly source: string;
  readonly numbers: readonly number[];
  readonly inLog: readonly (string | null)[];
}

/**
 * The rows of an extract as a person reads them. Opening a youth's page reads many kinds of information at once, and
 * each is a row of its own. Every row's number is kept.
 */
export function readingsOf(rows: readonly ExtractRow[], language: Language): Reading[] {
  const timed = rows.map((row) => ({ ...row, day: dayOf(row.at, language), time: clockOf(row.at, language) }));
  const readings = grouped(timed, ({ day, time, agency, role, basis, shown }) => [
    day,
    time,
    agency.name,
    role,
    basis,
    shown,
  ]);
  return readings.flatMap(([first, ...others]): Reading[] => {
    if (first === undefined) return [];
    const { day, time, agency, role, basis, shown } = first;
    return [{ day, time, agency, role, basis, shown, kinds: kindsOf([first, ...others]) }];
  });
}

function kindsOf(rows: readonly ExtractRow[]): Kind[] {
  const kinds = grouped(rows, ({ information, source }) => [information, source.name]);
  return kinds.flatMap(([first, ...others]): Kind[] => {
    if (first === undefined) return [];
    const all = [first, ...others];
    const [numbers, inLog] = [all.map(({ number }) => number), all.map(({ leafIndex }) => leafIndex)];
    return [{ information: first.information, source: first.source.name, numbers, inLog: [...new Set(inLog)] }];
  });
}
