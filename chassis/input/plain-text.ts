import { registerDecorator } from 'class-validator';
import { holdsIdentityNumber } from '../../schema/identity-number.ts';

/** The contract's recogniser, for the texts of a subgraph. */
export { holdsIdentityNumber };

/** A text without personal identity numbers: the registry and its log hold none. */
export function WithoutIdentityNumber(): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name: 'withoutIdentityNumber',
      target: target.constructor,
      propertyName: String(propertyName),
      options: {
        message:
          '$property must not contain anything that looks like a personal identity number. Write "the youth" or "a guardian" instead, and a telephone number with its country code (+46)',
      },
      validator: { validate: (value: unknown) => typeof value !== 'string' || !holdsIdentityNumber(value) },
    });
  };
}
