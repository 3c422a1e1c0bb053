import Personnummer from 'personnummer';
import { HubError } from '../schema/errors.ts';

/** The twelve digits of a personal identity number or coordination number; BAD_USER_INPUT naming `field` when it is neither. */
export function personnummerOf(text: string, field: string): string {
  if (!Personnummer.valid(text)) {
    throw new HubError(
      'BAD_USER_INPUT',
      'A personal identity number has 10 or 12 digits and a right check digit. Compare it with the paper form.',
      { field },
    );
  }
  return Personnummer.parse(text).format(true);
}
