import type { SchemaCheck } from './check.ts';
import { carriesConsent, needsConsent } from './labels.ts';
import { reachable } from './reachable.ts';
import { namedType, objectTypes, possibleTypes, type SchemaDocument } from './schema-document.ts';

/**
 * Information about a youth is reached only through `Youth`; otherwise no youth is known to decide about. A field that leads to a
 * type under @consent is itself under @consent; otherwise the number of records would show (C11, C12).
 */
export const guardedTypesHangOnYouth: SchemaCheck = {
  rule: 'guarded-types-hang-on-youth',
  joined: true,
  *find(schema) {
    yield* reachedPastYouth(schema);
    for (const type of objectTypes(schema)) {
      // reachedPastYouth checks the root types.
      if (needsConsent(type) || Object.values(schema.roots).includes(type.name)) continue;
      for (const [name, field] of type.fields) {
        if (needsConsent(field) || !possibleTypes(schema, namedType(field.type)).some(needsConsent)) continue;
        yield {
          coordinate: `${type.name}.${name}`,
          message: 'leads to a type under @consent without being under @consent. Label it with the same category.',
        };
      }
    }
  },
};

function* reachedPastYouth(schema: SchemaDocument) {
  const seen = new Set<string>();
  for (const root of Object.values(schema.roots)) {
    for (const [name, field] of schema.types.get(root)?.fields ?? []) {
      if (!needsConsent(field)) continue;
      yield { coordinate: `${root}.${name}`, message: 'is under @consent and belongs to no youth. Move it to Youth.' };
    }
    for (const [name, path] of reachable(schema, root, ['Youth'])) {
      const type = schema.types.get(name);
      const step = path.at(-1);
      if (name === 'Youth' || type === undefined || step === undefined || !carriesConsent(type)) continue;
      if (seen.has(step.coordinate)) continue;
      seen.add(step.coordinate);
      yield {
        coordinate: step.coordinate,
        message: `reaches ${name}, information about a youth, otherwise than through Youth. Hang it on a field of Youth.`,
      };
    }
  }
}
