import type { SchemaCheck } from './check.ts';
import { carriesConsent, needsConsent } from './labels.ts';
import { reachable } from './reachable.ts';
import { namedType, objectTypes, type SchemaDocument } from './schema-document.ts';

/** The arguments that a field about a youth may have, each with its types: a period, a page, and what is past its day. */
const ALLOWED: ReadonlyMap<string, readonly string[]> = new Map([
  ['from', ['Date', 'DateTime']],
  ['to', ['Date', 'DateTime']],
  ['after', ['String']],
  ['first', ['Int']],
  ['overdue', ['Boolean']],
]);

/**
 * A field under @consent, or one that leads to such a field, has only the arguments of the list: any other could filter, sort or
 * count what the caller may not read (C11). Root fields have rules of their own.
 */
export const guardedArgumentsAreFew: SchemaCheck = {
  rule: 'guarded-arguments-are-few',
  joined: true,
  *find(schema) {
    for (const type of objectTypes(schema)) {
      if (Object.values(schema.roots).includes(type.name)) continue;
      for (const [name, field] of type.fields) {
        const others = (field.arguments ?? []).filter(
          (argument) => !ALLOWED.get(argument.name.value)?.includes(namedType(argument.type)),
        );
        if (others.length === 0) continue;
        if (!needsConsent(type) && !needsConsent(field) && !leadsToConsent(schema, namedType(field.type))) continue;
        for (const argument of others) {
          yield {
            coordinate: `${type.name}.${name}(${argument.name.value}:)`,
            message: `is an argument about guarded data that C11 does not allow. Use ${[...ALLOWED.keys()].join(', ')} with their types, or remove it.`,
          };
        }
      }
    }
  },
};

function leadsToConsent(schema: SchemaDocument, name: string): boolean {
  return [...reachable(schema, name, ['Youth']).keys()].some((reached) => {
    const type = schema.types.get(reached);
    return reached === 'Youth' || (type !== undefined && carriesConsent(type));
  });
}
