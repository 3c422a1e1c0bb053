import { registerDecorator, type ValidationArguments } from 'class-validator';

/** The date in Sweden, YYYY-MM-DD. */
export function todayInSweden(): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' }).format(new Date());
}

function dateRule(
  name: string,
  isRight: (value: string, object: object) => boolean,
  message: (a: ValidationArguments) => string,
) {
  return (): PropertyDecorator => (target, propertyName) => {
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(propertyName),
      options: { message },
      validator: {
        validate: (value: unknown, a?: ValidationArguments) =>
          value == null || (typeof value === 'string' && isRight(value, a?.object ?? {})),
      },
    });
  };
}

/** A date (YYYY-MM-DD) that is not after today in Sweden. */
export const IsPastDate = dateRule(
  'isPastDate',
  (value) => value <= todayInSweden() && value >= '1900-01-01',
  ({ property }) => `${property} must be today or an earlier day, as YYYY-MM-DD, and not before 1900`,
);

/** A date (YYYY-MM-DD) that is today in Sweden or later. */
export const IsComingDate = dateRule(
  'isComingDate',
  (value) => value >= todayInSweden(),
  ({ property }) => `${property} must be today or a later day, as YYYY-MM-DD`,
);

/** A date that is not before the date in the property `from` of the same input. */
export const IsFromOrLater = dateRule(
  'isFromOrLater',
  (value, object) => value >= String(Reflect.get(object, 'from') ?? ''),
  ({ property }) => `${property} must be the same day as from, or a later one`,
);
