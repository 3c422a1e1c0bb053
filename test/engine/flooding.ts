import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  type DocumentNode,
  execute,
  GraphQLEnumType,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNullableType,
  isCompositeType,
  isListType,
  parse,
  visit,
} from 'graphql';
import type { SubgraphAnswer, SubgraphRequest } from '../../gateway/engine/fetch/fetch.ts';

/** A subgraph with no more than a schema: it makes up a value for each field, the same every time. */
export function inventing(name: string, sdl: string): (request: SubgraphRequest) => Promise<SubgraphAnswer> {
  const schema: GraphQLSchema = buildSubgraphSchema([{ typeDefs: parse(sdl) }]);
  const fieldResolver: GraphQLFieldResolver<unknown, unknown> = (source, _args, _context, { fieldName, ...info }) => {
    const known: unknown = Object(source)[fieldName];
    return known ?? invented(info.returnType, `${name} ${info.parentType.name}.${fieldName}`);
  };
  return async ({ operation, variables }) =>
    JSON.parse(
      JSON.stringify(await execute({ schema, document: parse(operation), variableValues: variables, fieldResolver })),
    );
}

function invented(type: GraphQLOutputType, place: string): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [1, 2].map((index) => invented(nullable.ofType, `${place} ${index}`));
  if (isCompositeType(nullable)) return { id: place };
  if (nullable instanceof GraphQLEnumType) return nullable.getValues()[0]?.value;
  if (nullable.name === 'Boolean') return true;
  return nullable.name === 'Int' || nullable.name === 'Float' ? 7 : place;
}

/** Every name that a value of the supergraph can stand under, and every response key of the operation. */
export function namesIn(supergraph: string, operation: string): readonly string[] {
  const names = new Set<string>();
  const note = (document: DocumentNode) =>
    visit(document, {
      FieldDefinition: ({ name }) => void names.add(name.value),
      Field: ({ alias, name }) => void names.add((alias ?? name).value),
    });
  note(parse(supergraph));
  note(parse(operation));
  return [...names, '__typename', '_client_0', '_client_1'];
}

/** The keys that the operation sent to a subgraph asks for, at any place. */
function askedIn(operation: string): ReadonlySet<string> {
  const keys = new Set<string>();
  visit(parse(operation), { Field: ({ alias, name }) => void keys.add((alias ?? name).value) });
  return keys;
}

/** What a forger says in place of a value of any type. */
export const FORGED = 'canary-forged';

/** What a forger puts there, each in its turn. */
export const FORGERIES: readonly unknown[] = [
  FORGED,
  { id: FORGED, __typename: 'Forged' },
  [{ id: FORGED }, FORGED],
  null,
];

/**
 * The answer with every name of the supergraph, asked for or not, beside each thing that was asked for, and with an error
 * at each of these places. What was asked for stays as it is. In each turn each name gets another forgery.
 */
export function flooded(
  answer: SubgraphAnswer,
  operation: string,
  names: readonly string[],
  turn: number,
): SubgraphAnswer {
  const asked = askedIn(operation);
  const forged = names.filter((name) => !asked.has(name));
  const errors: NonNullable<SubgraphAnswer['errors']>[number][] = [...(answer.errors ?? [])];
  let next = turn;
  const fill = (value: unknown, path: readonly (string | number)[]): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => fill(item, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, below]) => [key, fill(below, [...path, key])] as const);
    const forgeries = forged.map((name) => [name, FORGERIES[next++ % FORGERIES.length]] as const);
    for (const name of forged.slice(0, 20)) errors.push({ message: FORGED, path: [...path, name] });
    return Object.fromEntries([...forgeries, ...entries]);
  };
  const data = fill(answer.data, []);
  return { data: data as Record<string, unknown>, errors };
}
