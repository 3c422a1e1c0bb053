import { grouped } from '../grouped.ts';
import type { FormGrant } from './answer.ts';

/** One line of the form: information of one agency, and the agencies that may read it. */
export interface Line {
  readonly source: string;
  readonly kinds: readonly FormGrant['category'][];
  readonly recipients: readonly string[];
  /** The data period, half-open, as days (YYYY-MM-DD); null means no limit on that side. */
  readonly dataFrom: string | null;
  readonly dataTo: string | null;
}

/**
 * The smallest number of lines that state exactly these grants: kinds of one agency with the same recipients share a
 * line.
 */
export function linesOf(grants: readonly FormGrant[]): Line[] {
  const kinds = grouped(grants, ({ source, category, dataFrom, dataTo }) => [
    source.name,
    category.nameSv,
    dataFrom,
    dataTo,
  ]);
  const lines = kinds.flatMap(([first, ...others]): Line[] => {
    if (first === undefined) return [];
    const { source, category, dataFrom, dataTo } = first;
    const recipients = [first, ...others].map(({ recipient }) => recipient.name);
    return [{ source: source.name, kinds: [category], recipients: [...new Set(recipients)].sort(), dataFrom, dataTo }];
  });
  const same = grouped(lines, ({ source, recipients, dataFrom, dataTo }) => [source, recipients, dataFrom, dataTo]);
  return same.flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, kinds: [first, ...others].flatMap(({ kinds }) => kinds) }],
  );
}
