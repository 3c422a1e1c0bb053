import { holdsIdentityNumber } from '../../schema/identity-number.ts';

/** A source's own id as a report shows it; null if it must not be shown, since a report never holds an identity number. */
export function shownId(id: unknown): string | null {
  return typeof id === 'string' && /^[\x20-\x7e]{1,100}$/.test(id) && !holdsIdentityNumber(id) ? id : null;
}
