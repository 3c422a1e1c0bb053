import { HubError } from '../../../schema/errors.ts';
import { dayAfter, startOf } from '../days.ts';

/**
 * The interval between two days in Sweden, the last one included, from the address. Either may be left out. Throws
 * BAD_USER_INPUT if one is not a day.
 */
export function periodOf({ from, to }: Readonly<Record<string, unknown>>): {
  readonly from: string | null;
  readonly to: string | null;
} {
  return {
    from: from === undefined ? null : instantOf(from, (day) => day),
    to: to === undefined ? null : instantOf(to, dayAfter),
  };
}

/** Where the page of rows begins that an address asks for; null: at the first row. Throws BAD_USER_INPUT if it is none. */
export function afterOf({ after }: Readonly<Record<string, unknown>>): string | null {
  if (after === undefined) return null;
  if (typeof after === 'string' && /^[\w-]{32}$/.test(after)) return after;
  throw new HubError('BAD_USER_INPUT', 'after is printed at the end of the previous page. Correct the address.');
}

function instantOf(day: unknown, bound: (day: string) => string): string {
  const instant = typeof day === 'string' && startOf(day) !== null ? startOf(bound(day)) : null;
  if (instant === null)
    throw new HubError('BAD_USER_INPUT', 'from and to must be days such as 2026-01-31. Correct the address.');
  return instant;
}
