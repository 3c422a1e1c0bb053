import { HubError } from '../../schema/errors.ts';
import { identityNumberOn } from '../../schema/identity-number.ts';
import { todayInSweden } from './validators.ts';

/** The reason, in the report of an import, why a number links to nobody. */
export const NOBODYS =
  'is no Swedish personal identity number or coordination number that somebody can have, so only the agency’s own key links';

/** The twelve digits of a personal identity number or coordination number that somebody can have today; null for any other text. */
export function identityNumberOf(text: string): string | null {
  return identityNumberOn(text, todayInSweden());
}

/** The twelve digits of a personal identity number or coordination number; BAD_USER_INPUT with `field` if the text is neither. */
export function personnummerOf(text: string, field: string): string {
  const number = identityNumberOf(text);
  if (number !== null) return number;
  throw new HubError(
    'BAD_USER_INPUT',
    'A personal identity number must have 10 or 12 digits, a date of birth that is not ahead, and a valid check digit. Compare it with the paper form, or give personKey for a person without such a number.',
    { field },
  );
}
