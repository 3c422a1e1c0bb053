import type { SchemaCheck } from './check.ts';
import { directivesNamed } from './labels.ts';
import { objectTypes, stringArgument } from './schema-document.ts';

/**
 * Every mutation is @fenced, or @unfenced(reason:) states why it can turn no permit into a denial (C14). No other field carries
 * either. The reason stays in the subgraph; labels-reach-the-supergraph shows that every @fenced arrives.
 */
export const mutationsAreFenced: SchemaCheck = {
  rule: 'mutations-are-fenced',
  *find(schema) {
    for (const type of objectTypes(schema)) {
      for (const [name, field] of type.fields) {
        const coordinate = `${type.name}.${name}`;
        const isFenced = directivesNamed(field, 'fenced').length > 0;
        const [unfenced] = directivesNamed(field, 'unfenced');
        if (type.name !== schema.roots.mutation) {
          if (isFenced) yield { coordinate, message: 'is @fenced but no mutation. Remove @fenced.' };
          if (unfenced !== undefined) yield { coordinate, message: 'is @unfenced but no mutation. Remove @unfenced.' };
        } else if (isFenced && unfenced !== undefined) {
          yield { coordinate, message: 'is @fenced and @unfenced. Keep the one that is true.' };
        } else if (!isFenced && unfenced === undefined) {
          yield {
            coordinate,
            message: 'is not @fenced. Mark it, or mark it @unfenced(reason: "<why it ends no permission>").',
          };
        } else if (unfenced !== undefined && (stringArgument(unfenced, 'reason') ?? '').trim() === '') {
          yield { coordinate, message: 'is @unfenced without a reason. State why it ends no permission.' };
        }
      }
    }
  },
};
