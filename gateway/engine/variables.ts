import {
  coerceInputValue,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  isInputType,
  Kind,
  type OperationDefinitionNode,
  print,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql';
import { HubError } from '../../schema/errors.ts';
import type { Variables } from './selections.ts';

const NONE: readonly VariableDefinitionNode[] = [];

/**
 * The client's variables as the schema has them, defaults filled in; or one BAD_USER_INPUT per place that does not fit.
 * Such an error names the variable, its type and the place (`field`), never the value that came.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): { variables: Variables } | { errors: readonly GraphQLError[] } {
  const definitions = operation.variableDefinitions ?? NONE;
  const { coerced, errors } = getVariableValues(schema, definitions, given, { maxErrors: 50 });
  if (coerced !== undefined) return { variables: coerced };
  const faulty = new Set(
    errors.flatMap(({ nodes }) => nodes?.filter((node) => node.kind === Kind.VARIABLE_DEFINITION) ?? []),
  );
  return { errors: [...faulty].flatMap((definition) => faultsOf(schema, definition, given)) };
}

function faultsOf(
  schema: GraphQLSchema,
  definition: VariableDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): GraphQLError[] {
  const name = definition.variable.name.value;
  const type = typeFromAST(schema, definition.type);
  const fields = new Set<string>();
  const value = Object.hasOwn(given, name) ? given[name] : undefined;
  if (value !== undefined && isInputType(type)) {
    coerceInputValue(value, type, (path, _, { message }) => {
      // What is missing has no place of its own; its name is the schema's, not the client's.
      const missing = /^Field "(\w+)" of required type /.exec(message)?.[1];
      fields.add([name, ...path, ...(missing === undefined ? [] : [missing])].join('.'));
    });
  }
  const expected = `The variable "$${name}" must be a valid ${print(definition.type)}. Correct it and ask again.`;
  const places = fields.size === 0 ? [name] : [...fields];
  return places.map((field) => new HubError('BAD_USER_INPUT', expected, { field }));
}
