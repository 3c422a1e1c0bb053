import { CONSTANT_MESSAGES } from '../../schema/errors.ts';
import { InMemoryFederation, type TestSubgraph } from './in-memory-federation.ts';

const sector = (field: string): TestSubgraph => ({
  typeDefs: `type Query { youth(id: ID!): Youth @shareable }
    type Youth @key(fields: "id") { id: ID!  ${field}: [${field}Record!] }
    type ${field}Record { text: String  strict: String!  level: ${field}Level  by: ${field}Author }
    type ${field}Author { name: String }
    enum ${field}Level { LOW HIGH SECRET @inaccessible }`,
  resolvers: {
    Query: { youth: (_: unknown, { id }: { id: string }) => ({ id }) },
    Youth: {
      [field]: ({ id }: { id: string }) => [
        { text: `${field} of ${id}`, strict: 'x', level: 'LOW', by: { name: `${field} author` } },
      ],
    },
  },
});

/** The gateway knows a youth by the id that is asked for. */
export const SEEDS = { 'Query.youth': { type: 'Youth', key: 'id', fits: () => true } };
/** What all of them have of a youth. */
export const FULL = '{ y: youth(id: "1") { id school { t: text } police { text } leisure { text by { name } } } }';
export const WHOLE = {
  id: '1',
  school: [{ t: 'school of 1' }],
  police: [{ text: 'police of 1' }],
  leisure: [{ text: 'leisure of 1', by: { name: 'leisure author' } }],
};
export const SECTORS = ['school', 'police', 'leisure'] as const;

/** Subgraphs of which each adds records to a youth. */
export function sectors() {
  return new InMemoryFederation({ school: sector('school'), police: sector('police'), leisure: sector('leisure') });
}

/** The error at a field whose subgraph is down. */
export const unavailable = (...path: (string | number)[]) => ({
  message: CONSTANT_MESSAGES.SUBGRAPH_UNAVAILABLE,
  path,
  extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
});
