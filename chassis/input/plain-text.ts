import { registerDecorator } from 'class-validator';
import { identityNumberOf } from './identity-number.ts';

/** A text in which no personal identity number stands: the registry, and its log, hold none. */
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

/** Random ids and hashes: of a hundred thousand some look as if a number stood in them. */
const RANDOM = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[0-9a-f]{32,}\b/gi;

/** Does a personal identity number or coordination number stand in the text? */
export function holdsIdentityNumber(text: string): boolean {
  const candidates = text.replace(RANDOM, ' ').match(/(?<!\d)\d{6}(?:\d\d)?[-+ ]?\d{4}(?!\d)/g) ?? [];
  return candidates.some((candidate) => identityNumberOf(candidate.replace(' ', '')) !== null);
}
