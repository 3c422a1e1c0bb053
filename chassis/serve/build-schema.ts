import 'reflect-metadata';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import {
  type EnumValueNode,
  type GraphQLSchema,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  type StringValueNode,
  visit,
} from 'graphql';
import { buildSchema, createResolversMap, type NonEmptyArray } from 'type-graphql';
import { federationHeader } from '../../schema/compose/federation-header.ts';
import { FENCE_MS } from '../../schema/deadline.ts';
import { type Category, LABEL_DIRECTIVES } from '../../schema/directives.ts';
import { guard } from '../decide/guard.ts';
import { Labels } from '../decide/labels.ts';
import { validateInput } from '../input/validate-input.ts';
import type { ClassReference } from '../names.ts';
import type { Subgraph } from '../subgraph.ts';
import { YouthResolver, youthOf } from '../youth/youth.ts';
import { orderAsWritten } from './written-order.ts';

/** A subgraph as it is served. Its schema is always guarded. */
export interface ServedSchema {
  /** The SDL for the composer, with the federation header. */
  readonly sdl: string;
  readonly schema: GraphQLSchema;
  readonly labels: Labels;
}

const ROLE_AND_RELATION = /* GraphQL */ `
"The role of a person or system in the hub. The hub ignores other roles in a token."
enum Role {
  "Leads the work for a youth, in the lead agency (samordnare)."
  COORDINATOR
  "Follows up the agencies’ commitments, in the lead agency (lots)."
  MENTOR
  "A staff member of any agency (handläggare)."
  CASEWORKER
  "A system of an agency."
  SYSTEM
  "Names the holders of the agency’s seats, holds records back and bars callers. Reads no content (chef)."
  MANAGER
  "Reads the access log, never content (granskare)."
  AUDITOR
}

"A relation to a group."
enum Relation {
  "Holds an informed seat in the group, or coordinates it. The registry decides it; no token states it."
  MEMBER
}
`;

/**
 * Builds a folder's schema: type-graphql classes, the labels' definitions, federation, and the guard on the final schema.
 * Throws if a field has no label, or if a field of Query that only members may ask has no entrance.
 */
export async function buildServedSchema(subgraph: Subgraph): Promise<ServedSchema> {
  // A folder may list YouthResolver itself to choose its place.
  const resolvers = subgraph.resolvers.includes(YouthResolver)
    ? subgraph.resolvers
    : [YouthResolver, ...subgraph.resolvers];
  const types = subgraph.types ?? [];
  orderAsWritten(resolvers, types);
  const plain = await buildSchema({
    resolvers: [...resolvers] as NonEmptyArray<ClassReference>,
    orphanedTypes: [...types],
    validateFn: validateInput,
  });
  const sdl = sdlOf(printSchemaWithDirectives(plain), subgraph.categories);
  const schema = buildSubgraphSchema([
    {
      typeDefs: parse(sdl),
      resolvers: {
        ...(createResolversMap(plain) as Record<string, Record<string, never>>),
        Youth: {
          ...(createResolversMap(plain).Youth as Record<string, never>),
          __resolveReference: youthOf,
        },
      },
    },
  ]);
  const labels = new Labels(schema, subgraph.readable);
  return { sdl, schema: guard(schema, labels, subgraph.entrances), labels };
}

function sdlOf(printed: string, categories: readonly Category[]): string {
  const document = parse(printed);
  const own = {
    ...document,
    definitions: document.definitions.filter(
      (node) =>
        node.kind !== Kind.SCHEMA_DEFINITION &&
        node.kind !== Kind.SCHEMA_EXTENSION &&
        node.kind !== Kind.DIRECTIVE_DEFINITION &&
        !(node.kind === Kind.ENUM_TYPE_DEFINITION && (node.name.value === 'Role' || node.name.value === 'Relation')),
    ),
  };
  const labelled = visit(own, {
    ObjectTypeDefinition: (node: ObjectTypeDefinitionNode) =>
      node.name.value === 'Youth'
        ? { ...node, directives: [...(node.directives ?? []), ...categories.map(categoryDirective)] }
        : undefined,
    // An undescribed mutation stays undescribed, so that the composer refuses it.
    FieldDefinition: ({ description, directives = [], ...node }) =>
      description !== undefined && directives.some(({ name }) => name.value === 'fenced')
        ? { ...node, directives, description: withCost(description) }
        : undefined,
    // The printer has no definition of @restricted and writes its enum values as strings.
    Directive: (node) => (node.name.value === 'restricted' ? visit(node, { StringValue: enumValue }) : undefined),
  });
  return `${[federationHeader(), LABEL_DIRECTIVES, ROLE_AND_RELATION, print(labelled)]
    .map((part) => part.trim())
    .join('\n\n')}\n`;
}

/** The last paragraph of every @fenced mutation's description (C14); no author writes it. */
const FENCED = `Takes up to about ${Math.round(FENCE_MS / 1_000)} s, and stands alone in its operation.`;

function withCost({ value }: StringValueNode): StringValueNode {
  return { kind: Kind.STRING, value: `${value}\n\n${FENCED}`, block: true };
}

function enumValue({ value }: StringValueNode): EnumValueNode {
  return { kind: Kind.ENUM, value };
}

function categoryDirective(category: Category) {
  const given = Object.entries(category).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  const [node] = parse(`type X @category(${given.join(', ')}) { x: Int }`).definitions;
  const [directive] = (node as ObjectTypeDefinitionNode).directives ?? [];
  if (directive === undefined)
    throw new Error(
      `The category ${category.code} could not be written as a directive. Compare its fields with @category in schema/directives.ts.`,
    );
  return directive;
}
