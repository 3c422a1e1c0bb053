import { Kind } from 'graphql';
import type { SchemaCheck } from './check.ts';
import { isGuarded, needsConsent } from './labels.ts';
import { namedType, objectTypes, possibleTypes } from './schema-document.ts';

/**
 * A field that a label can deny, on itself or through its type, is nullable; so is every field that leads to a type under
 * @consent. A denied non-null field would null far more than itself. Items of a nullable list may be non-null.
 */
export const guardedFieldsAreNullable: SchemaCheck = {
  rule: 'guarded-fields-are-nullable',
  joined: true,
  *find(schema) {
    for (const type of objectTypes(schema)) {
      for (const [name, field] of type.fields) {
        if (field.type.kind !== Kind.NON_NULL_TYPE) continue;
        const coordinate = `${type.name}.${name}`;
        if (isGuarded(field) || isGuarded(type)) {
          yield {
            coordinate,
            message: 'is guarded and non-null. Make it nullable, so that a denial costs nothing else.',
          };
        } else if (possibleTypes(schema, namedType(field.type)).some(needsConsent)) {
          yield { coordinate, message: 'is non-null and leads to a type under @consent. Make it nullable.' };
        }
      }
    }
  },
};
