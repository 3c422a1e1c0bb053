import Personnummer from 'personnummer';
import { HubError } from '../../schema/errors.ts';

/** The twelve digits of a personal identity number or coordination number; null if the text is neither. */
export function identityNumberOf(text: string): string | null {
  return Personnummer.valid(text) ? Personnummer.parse(text).format(true) : null;
}

/** The twelve digits of a personal identity number or coordination number; BAD_USER_INPUT with `field` if the text is neither. */
export function personnummerOf(text: string, field: string): string {
  const number = identityNumberOf(text);
  if (number !== null) return number;
  throw new HubError(
    'BAD_USER_INPUT',
    'A personal identity number must have 10 or 12 digits and a valid check digit. Compare it with the paper form.',
    { field },
  );
}
