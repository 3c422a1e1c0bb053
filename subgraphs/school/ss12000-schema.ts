import { LAST_SCHOOL_YEAR, SCHOOL_TYPE } from './enrolment.ts';

/** Text to be stored: of bounded length, without control characters and halves of surrogate pairs. */
const storedText = {
  type: 'string',
  minLength: 1,
  maxLength: 200,
  pattern: '^[^\\u0000-\\u001f\\ud800-\\udfff]*$',
  description: 'text without control characters',
} as const;
const nullableText = { ...storedText, type: ['string', 'null'] } as const;

/** SS12000 Object Reference. The published sample has displayName in place of the schema's name. `format` only annotates. */
const objectReference = {
  type: 'object',
  properties: { id: storedText, name: nullableText, displayName: nullableText },
  required: ['id'],
} as const;

const typeIsNot = (code: string) => ({ properties: { schoolType: { not: { const: code } } } });

const enrolment = {
  type: 'object',
  properties: {
    enroledAt: objectReference,
    schoolYear: { type: ['integer', 'null'], minimum: 0, maximum: LAST_SCHOOL_YEAR },
    schoolType: {
      type: 'string',
      pattern: SCHOOL_TYPE.source,
      description: 'a school type code in capital letters, for example GR or GY',
    },
    cancelled: { type: 'boolean' },
    educationCode: nullableText,
    programme: objectReference,
    specification: { type: ['string', 'null'] },
  },
  required: ['enroledAt', 'schoolType'],
  allOf: [
    { if: typeIsNot('GY'), else: { properties: { educationCode: { type: 'string' } }, required: ['educationCode'] } },
    { if: typeIsNot('GR'), else: { properties: { schoolYear: { type: 'integer' } }, required: ['schoolYear'] } },
  ],
} as const;

const email = {
  type: 'object',
  properties: { value: { type: 'string' }, type: { type: ['string', 'null'] } },
  required: ['value'],
} as const;

const externalIdentifier = {
  type: 'object',
  properties: { value: { type: 'string' }, context: { type: 'string' }, globallyUnique: { type: 'boolean' } },
  required: ['value', 'context', 'globallyUnique'],
} as const;

/**
 * SS12000 Person as JSON Schema, draft 2020-12. It demands the same as the published schemas, and that stored values can be
 * stored. A school year is a whole number here. Fields that the standard may add are let through.
 */
export const personSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    id: storedText,
    givenName: { type: 'string' },
    middleName: { type: ['string', 'null'] },
    familyName: { type: 'string' },
    securityMarking: { enum: ['Ingen', 'Sekretessmarkering', 'Skyddad folkbokföring'] },
    eduPersonPrincipalNames: { type: 'array', items: { type: 'string' }, minItems: 1 },
    civicNo: {
      type: 'object',
      properties: { value: { type: 'string' }, nationality: { type: ['string', 'null'] } },
      required: ['value'],
    },
    emails: { type: 'array', items: email },
    enrolments: { type: 'array', items: enrolment },
    externalIdentifiers: { type: 'array', items: externalIdentifier },
  },
  required: ['id', 'givenName', 'familyName', 'eduPersonPrincipalNames', 'civicNo'],
} as const;

/** A person that has passed the schema, as far as the import reads it. */
export interface Person {
  readonly id: string;
  readonly civicNo: { readonly value: string; readonly nationality?: string | null };
  readonly securityMarking?: string;
  readonly enrolments?: readonly PersonEnrolment[];
}

/** An enrolment that has passed the schema. */
export interface PersonEnrolment {
  readonly enroledAt: ObjectReference;
  readonly schoolYear?: number | null;
  readonly schoolType: string;
  readonly cancelled?: boolean;
  readonly educationCode?: string | null;
  readonly programme?: ObjectReference;
}

/** A reference to an object of the school's system, by its id there. */
export interface ObjectReference {
  readonly id: string;
  readonly name?: string | null;
  readonly displayName?: string | null;
}
