import { Kind, specifiedScalarTypes } from 'graphql';
import type { SchemaCheck } from '../check.ts';
import { namedType, type SchemaDocument } from '../schema-document.ts';

/** The hub's own scalars. Another could carry anything past the labels: an object, a list, text that nobody has marked. */
const OWN = ['Date', 'DateTime', 'TreeSize'];

const KNOWN = [...specifiedScalarTypes.map(({ name }) => name), ...OWN];

/** Values have GraphQL's own scalars and the hub's three, and no others, federation's among them. */
export const scalarsAreKnown: SchemaCheck = {
  rule: 'scalars-are-known',
  *find(schema) {
    for (const type of schema.types.values()) {
      if (type.kind !== Kind.SCALAR_TYPE_DEFINITION || KNOWN.includes(type.name)) continue;
      yield { coordinate: type.name, message: refusal };
    }
    for (const { coordinate, name } of typesNamed(schema)) {
      if (!schema.types.has(name) && !KNOWN.includes(name)) yield { coordinate, message: refusal };
    }
  },
};

const refusal = `has a type that the hub does not know. Use ${KNOWN.join(', ')}, or a type of this schema.`;

/** The type that each field, argument and input field names. */
function* typesNamed(schema: SchemaDocument): Iterable<{ coordinate: string; name: string }> {
  for (const type of schema.types.values()) {
    for (const [name, field] of type.fields) {
      yield { coordinate: `${type.name}.${name}`, name: namedType(field.type) };
      for (const argument of field.arguments ?? []) {
        yield { coordinate: `${type.name}.${name}(${argument.name.value}:)`, name: namedType(argument.type) };
      }
    }
    for (const input of type.inputs) {
      yield { coordinate: `${type.name}.${input.name.value}`, name: namedType(input.type) };
    }
  }
}
