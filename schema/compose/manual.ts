import { type DocumentNode, type FieldDefinitionNode, Kind, parse, type StringValueNode, visit } from 'graphql';
import { LABEL_DIRECTIVES } from '../directives.ts';
import type { SchemaDocument } from './checks/schema-document.ts';

const QUERY = `\
Reads, in the order of a case: who you are, the programmes and kinds of information, the youths and groups that you work with,
the consents and what needs attention, and last the access log. Start with me and youths.`;

const MUTATION = `\
Changes, in the order of a case: register the youth, propose and open the group, propose and sign the consent, link the youth,
record, plan, withdraw or renew, close, and review the log. The first line of each description is in Swedish.
Each change takes one input and answers with a receipt. Send an idempotencyKey to be able to repeat a change safely.`;

/** The subgraph whose root fields follow a case from beginning to end. */
const FRAME = 'registry';

/** The root field of the frame after which the sectors’ root fields stand, since their work begins there. */
const SECTORS_AFTER = { query: 'consent', mutation: 'acknowledgeConsent' } as const;

/**
 * The supergraph with the manual that people read in a client: descriptions of the root types and of the labels, which composers
 * drop, and root fields in the order of a case. Nothing else changes. The gateway adds the schema's own description,
 * ORDER_OF_A_CASE, since routers do not parse one in a supergraph.
 */
export function withManual(supergraph: DocumentNode, subgraphs: readonly SchemaDocument[]): DocumentNode {
  return visit(supergraph, {
    DirectiveDefinition: (node) => LABELS.get(node.name.value) ?? undefined,
    ObjectTypeDefinition: (node) => {
      const root = ROOTS.find(({ name }) => name === node.name.value);
      if (root === undefined) return undefined;
      const order = rootOrder(subgraphs, root.operation);
      return { ...node, description: described(root.description), fields: sorted(node.fields ?? [], order) };
    },
  });
}

/** The labels’ definitions, by name. The rules demand that every subgraph’s are the same. */
const LABELS = new Map(
  parse(LABEL_DIRECTIVES).definitions.flatMap((node) =>
    node.kind === Kind.DIRECTIVE_DEFINITION ? [[node.name.value, node] as const] : [],
  ),
);

const ROOTS = [
  { name: 'Query', operation: 'query', description: QUERY },
  { name: 'Mutation', operation: 'mutation', description: MUTATION },
] as const;

/** The names of the root fields in the order of a case: in each subgraph’s own order, the sectors’ inside the frame’s. */
function rootOrder(subgraphs: readonly SchemaDocument[], operation: 'query' | 'mutation'): string[] {
  const namesOf = ({ types, roots }: SchemaDocument) => [...(types.get(roots[operation])?.fields.keys() ?? [])];
  const frame = subgraphs.filter(({ name }) => name === FRAME).flatMap(namesOf);
  const sectors = subgraphs.filter(({ name }) => name !== FRAME).flatMap(namesOf);
  const after = frame.indexOf(SECTORS_AFTER[operation]) + 1 || frame.length;
  return [
    ...new Set([...frame.slice(0, after), ...sectors.filter((name) => !frame.includes(name)), ...frame.slice(after)]),
  ];
}

function sorted(fields: readonly FieldDefinitionNode[], order: readonly string[]): FieldDefinitionNode[] {
  const place = ({ name }: FieldDefinitionNode) => order.indexOf(name.value);
  return [...fields].sort((a, b) => place(a) - place(b));
}

function described(value: string): StringValueNode {
  return { kind: Kind.STRING, value, block: true };
}
