import { buildSubgraphSchema } from '@apollo/subgraph';
import { composeServices } from '@theguild/federation-composition';
import { type DocumentNode, type GraphQLError, type GraphQLSchema, getDirectiveValues, parse, print } from 'graphql';
import type { Breach, SchemaCheck } from './checks/check.ts';
import { COMPOSITION_RULES, SCHEMA_RULES } from './checks/rules.ts';
import { elements, readSchema, type SchemaDocument } from './checks/schema-document.ts';
import { withManual } from './manual.ts';

/** One subgraph: its folder's name, which is its sector's, and its SDL with federationHeader() in front. */
export interface SubgraphSource {
  readonly name: string;
  readonly sdl: string;
}

/** The schema does not compose. Nothing may be generated from it until every fault that the message names is mended. */
export class ComposeError extends Error {
  readonly faults: readonly Breach[];

  constructor(faults: readonly Breach[]) {
    const lines = faults.map(
      ({ rule, subgraph, coordinate, message }) =>
        `  ${subgraph ?? 'supergraph'}: ${coordinate === '' ? '' : `${coordinate} `}${message} [${rule}]`,
    );
    super(`The schema does not compose:\n${lines.join('\n')}`);
    this.name = 'ComposeError';
    this.faults = faults;
  }
}

/**
 * The supergraph of these subgraphs, with the same text for any order of them. Throws a ComposeError with every fault of the
 * first stage that has one: parsing, our rules on the subgraphs, GraphQL, composition, our rules on the result.
 */
export function compose(subgraphs: readonly SubgraphSource[]): { supergraph: string } {
  const parsed = allParsed(inOrder(subgraphs).map(parseSubgraph));
  const schemas = parsed.map(({ schema }) => schema);
  refuse(schemas.flatMap((schema) => faultsOf(schema, SCHEMA_RULES)));
  refuse(parsed.flatMap(invalid));
  const supergraph = withManual(parse(join(parsed)), schemas);
  const joined = readSchema(null, supergraph);
  refuse(
    COMPOSITION_RULES.flatMap(({ rule, find }) => [...find(schemas, joined)].map((found) => ({ rule, ...found }))),
  );
  const joinedRules = SCHEMA_RULES.filter((check) => check.joined === true);
  refuse(faultsOf(joined, joinedRules));
  return { supergraph: print(supergraph) };
}

interface Parsed {
  readonly name: string;
  readonly document: DocumentNode;
  readonly schema: SchemaDocument;
}

function inOrder(subgraphs: readonly SubgraphSource[]): SubgraphSource[] {
  return [...subgraphs].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function parseSubgraph({ name, sdl }: SubgraphSource): Parsed | Breach {
  try {
    const document = parse(sdl);
    return { name, document, schema: readSchema(name, document) };
  } catch (error) {
    return { rule: 'syntax', subgraph: name, coordinate: '', message: messageOf(error) };
  }
}

function allParsed(parsed: readonly (Parsed | Breach)[]): Parsed[] {
  refuse(parsed.filter((each) => 'rule' in each));
  return parsed.filter((each) => 'document' in each);
}

function faultsOf(schema: SchemaDocument, checks: readonly SchemaCheck[]): Breach[] {
  return checks.flatMap((check) =>
    [...check.find(schema)].map((finding) => ({ rule: check.rule, subgraph: schema.name, ...finding })),
  );
}

/**
 * The faults that graphql-js finds in a subgraph, and directives' arguments of the wrong type, which it does not test in a schema.
 */
function invalid({ name, document, schema }: Parsed): Breach[] {
  const fault = (coordinate: string, error: unknown): Breach => {
    return { rule: 'graphql', subgraph: name, coordinate, message: messageOf(error) };
  };
  let executable: GraphQLSchema;
  try {
    executable = buildSubgraphSchema([{ typeDefs: document }]);
  } catch (error) {
    return [fault('', error)];
  }
  return [...elements(schema)].flatMap(({ coordinate, directives }) =>
    directives.flatMap((directive) => {
      const definition = executable.getDirective(directive.name.value);
      try {
        if (definition) getDirectiveValues(definition, { directives: [directive] });
        return [];
      } catch (error) {
        return [fault(coordinate, error)];
      }
    }),
  );
}

function join(parsed: readonly Parsed[]): string {
  const result = composeServices(
    parsed.map(({ name, document }) => ({ name, typeDefs: document })),
    // Disabled because this rule refuses a string as an ID; the arguments are tested above.
    { disableValidationRules: ['ProvidedArgumentsOnDirectivesRule'] },
  );
  if (result.errors !== undefined) refuse(result.errors.map(compositionFault));
  if (result.supergraphSdl === undefined)
    throw new TypeError(
      'The composer returned neither a supergraph nor errors. Report this as a fault of the composer.',
    );
  return result.supergraphSdl;
}

function compositionFault({ message, extensions }: GraphQLError): Breach {
  const { subgraphName } = extensions;
  return {
    rule: 'composition',
    subgraph: typeof subgraphName === 'string' ? subgraphName : null,
    coordinate: '',
    message,
  };
}

function refuse(faults: readonly Breach[]): void {
  if (faults.length > 0) throw new ComposeError(faults);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
