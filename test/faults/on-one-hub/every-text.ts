import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
} from 'graphql';
import type { PersonaName } from '../../../schema/demo-world.ts';

/** An operation in which one text, or every one, is a given number. */
export interface Typed {
  readonly field: string;
  readonly by: PersonaName;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Who types into the fields of a subgraph. */
const TYPISTS: Readonly<Record<string, readonly PersonaName[]>> = {
  registry: ['social-coordinator', 'school-manager', 'hub-auditor'],
  'social-services': ['social-coordinator'],
  police: ['police-officer'],
  school: ['school-counsellor'],
  leisure: ['leisure-worker'],
};

/** Each query and mutation of each subgraph with the number in each of its texts and ids alone, and in all at once. */
export function everyText(number: string): Typed[] {
  return Object.entries(TYPISTS).flatMap(([subgraph, typists]) => {
    const schema = schemaOf(subgraph);
    return (['query', 'mutation'] as const).flatMap((kind) =>
      fieldsOf(schema, kind).flatMap((field) =>
        spellings(field, number).flatMap((variables) =>
          typists.map((by) => ({ field: field.name, by, query: operationOf(kind, field), variables })),
        ),
      ),
    );
  });
}

function schemaOf(subgraph: string): GraphQLSchema {
  const file = new URL(`../../../schema/generated/${subgraph}.graphql`, import.meta.url);
  return buildSchema(readFileSync(file, 'utf8'), { assumeValidSDL: true });
}

function fieldsOf(schema: GraphQLSchema, kind: 'query' | 'mutation'): GraphQLField<unknown, unknown>[] {
  const type = kind === 'query' ? schema.getQueryType() : schema.getMutationType();
  return Object.values(type?.getFields() ?? {}).filter(({ args }) => args.length > 0);
}

function operationOf(kind: string, { name, args, type }: GraphQLField<unknown, unknown>): string {
  const declared = args.map((each) => `$${each.name}: ${each.type}`).join(', ');
  const given = args.map((each) => `${each.name}: $${each.name}`).join(', ');
  return `${kind} (${declared}) { ${name}(${given}) ${isLeafType(getNamedType(type)) ? '' : '{ __typename }'} }`;
}

/** The field's arguments: once for each text with the number in it, and once with the number in all. */
function spellings({ args }: GraphQLField<unknown, unknown>, number: string): Readonly<Record<string, unknown>>[] {
  const valuesWith = (isTyped: (text: number) => boolean) => {
    let texts = 0;
    const value = (type: GraphQLInputType): unknown => {
      const nullable = getNullableType(type);
      if (isListType(nullable)) return [value(nullable.ofType)];
      if (isInputObjectType(nullable)) {
        return Object.fromEntries(Object.values(nullable.getFields()).map((each) => [each.name, value(each.type)]));
      }
      if (isEnumType(nullable)) return nullable.getValues()[0]?.name;
      const name = String(nullable);
      if (name !== 'String' && name !== 'ID') return OTHERWISE[name];
      texts += 1;
      return isTyped(texts) ? number : OTHERWISE[name];
    };
    return { values: Object.fromEntries(args.map((each) => [each.name, value(each.type)])), texts };
  };
  const { values: all, texts } = valuesWith(() => true);
  const alone = Array.from({ length: texts }, (_, nth) => valuesWith((text) => text === nth + 1).values);
  return texts === 0 ? [] : [all, ...alone];
}

/** A value of each type with which nothing is wrong. */
const OTHERWISE: Readonly<Record<string, unknown>> = {
  ID: '77777777-7777-4777-8777-777777777777',
  String: 'nothing in particular',
  Boolean: true,
  Int: 3,
  Date: '2026-01-10',
  DateTime: '2026-01-10T09:00:00Z',
  TreeSize: '1',
};
