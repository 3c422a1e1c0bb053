import { registerDecorator } from 'class-validator';
import { identityNumberOf } from './identity-number.ts';

/** A text without personal identity numbers: the registry and its log hold none. */
export function WithoutIdentityNumber(): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name: 'withoutIdentityNumber',
      target: target.constructor,
      propertyName: String(propertyName),
      options: {
        message: '$property must not contain a personal identity number. Write "the youth" or "a guardian" instead',
      },
      validator: { validate: (value: unknown) => typeof value !== 'string' || !holdsIdentityNumber(value) },
    });
  };
}

/** Random ids and hashes, since a few in a hundred thousand look as if they contained a number. */
const RANDOM = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[0-9a-f]{32,}\b/gi;

/** True if the text contains a personal identity number or coordination number. */
export function holdsIdentityNumber(text: string): boolean {
  const candidates = text.replace(RANDOM, ' ').match(/(?<!\d)\d{6}(?:\d\d)?[-+ ]?\d{4}(?!\d)/g) ?? [];
  return candidates.some((candidate) => identityNumberOf(candidate.replace(' ', '')) !== null);
}
