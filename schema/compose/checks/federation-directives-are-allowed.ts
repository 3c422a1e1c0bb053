import { COMPOSED_DIRECTIVES } from '../../directives.ts';
import type { SchemaCheck } from './check.ts';
import { isGuarded } from './labels.ts';
import { elements, type SchemaDocument } from './schema-document.ts';

/** The directives that GraphQL itself defines. */
const STANDARD = ['deprecated', 'specifiedBy', 'oneOf'];
const LABELS = COMPOSED_DIRECTIVES.map((name) => name.slice(1));
const ALLOWED = [...STANDARD, 'key', 'tag', 'inaccessible', ...LABELS, 'unfenced'];
const ALLOWED_ON_SCHEMA = ['link', 'composeDirective'];

/**
 * Only directives of the allow-list are used. @requires, @provides, @fromContext, @override, @shareable, @external and
 * @interfaceObject move data between agencies past the rule (C9), and federation's own access directives would be a second
 * rule beside it. Only the unguarded `Query.youth` is @shareable: it is a bare reference in every subgraph.
 */
export const federationDirectivesAreAllowed: SchemaCheck = {
  rule: 'federation-directives-are-allowed',
  *find(schema) {
    for (const { name } of schema.schemaDirectives) {
      if (!ALLOWED_ON_SCHEMA.includes(name.value)) yield { coordinate: 'schema', message: refusal(name.value) };
    }
    for (const { coordinate, directives } of elements(schema)) {
      for (const name of new Set(directives.map((directive) => directive.name.value))) {
        if (ALLOWED.includes(name) || (name === 'shareable' && isBareReference(schema, coordinate))) continue;
        yield { coordinate, message: refusal(name) };
      }
    }
  },
};

function isBareReference(schema: SchemaDocument, coordinate: string): boolean {
  const field = schema.types.get(schema.roots.query)?.fields.get('youth');
  return coordinate === `${schema.roots.query}.youth` && field !== undefined && !isGuarded(field);
}

function refusal(name: string): string {
  return `carries @${name}, which C9 does not allow here. Remove it; data stays in the subgraph where it originated.`;
}
