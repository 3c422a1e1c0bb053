import {
  coerceInputValue,
  GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  getVariableValues,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  print,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql';
import { HubError } from '../../../schema/errors.ts';
import type { Variables } from './selections.ts';

const NONE: readonly VariableDefinitionNode[] = [];

/** Report at most this many errors, as graphql-js does; the rest appear once these are fixed. */
const MOST_PLACES = 50;
const ENOUGH = new Error('Enough places are known.');

/**
 * The client's variables coerced to the schema, with defaults filled in; or one BAD_USER_INPUT per place that does not
 * fit, at most 50. Such an error names the variable, its type, the place (`field`) and what that takes, never the value.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): { variables: Variables } | { errors: readonly GraphQLError[] } {
  const definitions = operation.variableDefinitions ?? NONE;
  const { coerced, errors } = getVariableValues(schema, definitions, given, { maxErrors: MOST_PLACES });
  if (coerced !== undefined) return { variables: coerced };
  const faulty = new Set(
    errors.flatMap(({ nodes }) => nodes?.filter((node) => node.kind === Kind.VARIABLE_DEFINITION) ?? []),
  );
  return { errors: [...faulty].flatMap((definition) => faultsOf(schema, definition, given)).slice(0, MOST_PLACES) };
}

function faultsOf(
  schema: GraphQLSchema,
  definition: VariableDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): GraphQLError[] {
  const name = definition.variable.name.value;
  const type = typeFromAST(schema, definition.type);
  const value = Object.hasOwn(given, name) ? given[name] : undefined;
  const paths = value !== undefined && isInputType(type) ? placesIn(value, type) : [];
  const places = new Map((paths.length === 0 ? [[]] : paths).map((path) => [[name, ...path].join('.'), path]));
  return [...places].map(([field, path]) => {
    const taken = isInputType(type) ? taking(type, path) : null;
    const expected = `The variable "$${name}" must be a valid ${print(definition.type)}${taken === null ? '' : `: ${field} takes ${taken}`}.`;
    return new HubError('BAD_USER_INPUT', `${expected} Correct it and send the operation again.`, { field });
  });
}

/** The values that the place takes, as the schema has it; null if the type of the whole variable says it all. */
function taking(type: GraphQLInputType, path: readonly (string | number)[]): string | null {
  let here: GraphQLInputType | undefined = type;
  for (const key of path) {
    const nullable: GraphQLInputType = getNullableType(here);
    if (isListType(nullable)) here = nullable.ofType;
    else here = isInputObjectType(nullable) ? nullable.getFields()[key]?.type : undefined;
    if (here === undefined) return null;
  }
  const named = getNamedType(here);
  if (isEnumType(named)) {
    const values = named.getValues().map((value) => value.name);
    return `${isListType(getNullableType(here)) ? 'a list of' : 'one of'} ${values.join(', ')}`;
  }
  return path.length === 0 ? null : String(here);
}

/** The places that do not fit, at most as many as are reported: a client may send a hundred thousand. */
function placesIn(value: unknown, type: GraphQLInputType): readonly (string | number)[][] {
  const places: (string | number)[][] = [];
  try {
    coerceInputValue(value, type, (path, _, { message }) => {
      // A missing field has no place of its own; its name comes from the schema, not from the client.
      const missing = /^Field "(\w+)" of required type /.exec(message)?.[1];
      places.push(missing === undefined ? [...path] : [...path, missing]);
      if (places.length === MOST_PLACES) throw ENOUGH;
    });
  } catch (fault) {
    if (fault !== ENOUGH) throw fault;
  }
  return places;
}
