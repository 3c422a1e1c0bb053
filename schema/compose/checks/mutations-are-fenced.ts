import type { SchemaCheck } from './check.ts';
import { directivesNamed } from './labels.ts';
import { objectTypes } from './schema-document.ts';

/** The sentence of a mutation's description that states why it can end no permission. */
const REASON = /(^|\.)\s*Not fenced:\s*\S/m;

/**
 * Every mutation is @fenced, or its description says `Not fenced: <why it can turn no permit into a denial>` (C14).
 * Nothing else is @fenced.
 */
export const mutationsAreFenced: SchemaCheck = {
  rule: 'mutations-are-fenced',
  joined: true,
  *find(schema) {
    for (const type of objectTypes(schema)) {
      for (const [name, field] of type.fields) {
        const coordinate = `${type.name}.${name}`;
        const isFenced = directivesNamed(field, 'fenced').length > 0;
        const hasReason = REASON.test(field.description?.value ?? '');
        if (type.name !== schema.roots.mutation) {
          if (isFenced) yield { coordinate, message: 'is @fenced and no mutation. Remove @fenced.' };
        } else if (!isFenced && !hasReason) {
          yield {
            coordinate,
            message: 'is not @fenced. Mark it, or add the sentence "Not fenced: <reason>" to its description.',
          };
        } else if (isFenced && hasReason) {
          yield { coordinate, message: 'is @fenced and states why it is not. Keep the one that is true.' };
        }
      }
    }
  },
};
