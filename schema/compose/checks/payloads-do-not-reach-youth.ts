import type { SchemaCheck } from './check.ts';
import { reachable } from './reachable.ts';
import { namedType } from './schema-document.ts';

/** No path leads from a mutation's payload to `Youth`: a payload carries ids and unguarded state, and no decision. */
export const payloadsDoNotReachYouth: SchemaCheck = {
  rule: 'payloads-do-not-reach-youth',
  joined: true,
  *find(schema) {
    const { mutation } = schema.roots;
    for (const [name, field] of schema.types.get(mutation)?.fields ?? []) {
      const path = reachable(schema, namedType(field.type)).get('Youth');
      if (path === undefined) continue;
      const through = [...path.map(({ coordinate }) => coordinate), 'Youth'].join(' > ');
      yield {
        coordinate: `${mutation}.${name}`,
        message: `answers with a path to ${through}. Answer with the youth's id.`,
      };
    }
  },
};
