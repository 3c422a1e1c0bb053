import { type DirectiveDefinitionNode, Kind, parse, print, visit } from 'graphql';
import { LABEL_DIRECTIVES } from '../../directives.ts';
import type { SchemaCheck } from './check.ts';

/** A subgraph defines every label as the contract does, with the same arguments, defaults and places. */
export const labelsAreTheContracts: SchemaCheck = {
  rule: 'labels-are-the-contracts',
  *find(schema) {
    for (const label of CONTRACT) {
      const own = schema.directiveDefinitions.filter(({ name }) => name.value === label.name.value);
      if (own.length === 1 && own[0] !== undefined && essence(own[0]) === essence(label)) continue;
      yield {
        coordinate: `@${label.name.value}`,
        message: 'is not defined as in schema/directives.ts. Use LABEL_DIRECTIVES unchanged.',
      };
    }
  },
};

const CONTRACT = parse(LABEL_DIRECTIVES).definitions.filter((node) => node.kind === Kind.DIRECTIVE_DEFINITION);

/** The definition without descriptions, its places in one order. */
function essence(definition: DirectiveDefinitionNode): string {
  const locations = [...definition.locations].sort((a, b) => a.value.localeCompare(b.value));
  const withoutDescription = { enter: <N extends object>(node: N) => ({ ...node, description: undefined }) };
  return print(
    visit(
      { ...definition, locations },
      { DirectiveDefinition: withoutDescription, InputValueDefinition: withoutDescription },
    ),
  );
}
