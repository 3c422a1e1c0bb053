import { registerDecorator } from 'class-validator';
import { identityNumberOf } from '../identity-number.ts';

/** A text in which no personal identity number stands: the registry holds none. */
export function WithoutIdentityNumber(): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name: 'withoutIdentityNumber',
      target: target.constructor,
      propertyName: String(propertyName),
      options: {
        message: '$property carries no personal identity number: write of the youth, or of a guardian, instead',
      },
      validator: { validate: (value: unknown) => typeof value !== 'string' || !holdsIdentityNumber(value) },
    });
  };
}

function holdsIdentityNumber(text: string): boolean {
  const candidates = text.match(/(?<!\d)\d{6}(?:\d\d)?[-+ ]?\d{4}(?!\d)/g) ?? [];
  return candidates.some((candidate) => identityNumberOf(candidate.replace(' ', '')) !== null);
}
