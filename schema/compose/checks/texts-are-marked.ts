import type { SchemaCheck } from './check.ts';
import { directivesNamed, isWhereabouts, needsConsent } from './labels.ts';
import { namedType, objectTypes, stringArgument } from './schema-document.ts';

/**
 * Every String under @consent is prose (`@prose`), or the name of a place (`@place`, or whereabouts by its label), or states by
 * `@words(reason:)` why it is neither (C10, C16): a text that nobody has thought about could carry another person or a place across
 * a line.
 */
export const textsAreMarked: SchemaCheck = {
  rule: 'texts-are-marked',
  joined: true,
  *find(schema) {
    for (const type of objectTypes(schema)) {
      for (const [name, field] of type.fields) {
        const coordinate = `${type.name}.${name}`;
        const words = directivesNamed(field, 'words');
        const isMarked = [...directivesNamed(field, 'prose'), ...directivesNamed(field, 'place')].length > 0;
        if (words.length > 0 && (isMarked || isWhereabouts(field))) {
          yield { coordinate, message: 'is @words beside a mark that says the opposite. Keep the one that is true.' };
        }
        if (words.some((each) => (stringArgument(each, 'reason') ?? '').trim() === '')) {
          yield {
            coordinate,
            message: 'is @words without a reason. State why it is neither prose nor the name of a place.',
          };
        }
        if (namedType(field.type) !== 'String' || !(needsConsent(type) || needsConsent(field))) continue;
        if (words.length > 0 || isMarked || isWhereabouts(field)) continue;
        yield {
          coordinate,
          message:
            'is a text about a youth without a mark. Declare it as prose or as a place in its kind of record, or put @words(reason:) on it.',
        };
      }
    }
  },
};
