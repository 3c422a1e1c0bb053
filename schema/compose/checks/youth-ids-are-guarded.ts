import type { InputValueDefinitionNode } from 'graphql';
import type { SchemaCheck } from './check.ts';
import { isGuarded, isLabelled } from './labels.ts';
import { namedType, objectTypes, type SchemaDocument } from './schema-document.ts';

/**
 * A field with a youth's id among its arguments, or inside one, is under @consent or @restricted: an open one would answer
 * anybody about any youth. `Query.youth(id:)` alone is open, since it is a bare reference.
 */
export const youthIdsAreGuarded: SchemaCheck = {
  rule: 'youth-ids-are-guarded',
  joined: true,
  *find(schema) {
    for (const type of objectTypes(schema)) {
      for (const [name, field] of type.fields) {
        // An unlabelled field is for fields-are-labelled.
        if (isGuarded(type) || isGuarded(field) || !(isLabelled(type) || isLabelled(field))) continue;
        if (!(field.arguments ?? []).some((argument) => holdsYouthId(schema, argument))) continue;
        yield {
          coordinate: `${type.name}.${name}`,
          message: 'takes a youth’s id and is not guarded. Label it @restricted, or @consent on Youth.',
        };
      }
    }
  },
};

function holdsYouthId(schema: SchemaDocument, value: InputValueDefinitionNode, seen = new Set<string>()): boolean {
  const name = namedType(value.type);
  if (['ID', 'String'].includes(name)) return /youth/i.test(value.name.value);
  if (seen.has(name)) return false;
  seen.add(name);
  return (schema.types.get(name)?.inputs ?? []).some((input) => holdsYouthId(schema, input, seen));
}
