import { GraphQLScalarType, Kind } from 'graphql';

/** A number of leaves, as text: trees outgrow GraphQL's 32 bits. */
export const TreeSize = new GraphQLScalarType<number, string>({
  name: 'TreeSize',
  description:
    'A number of leaves of the access log’s tree, or the position of one, from 0. It is a decimal string without leading zeros.',
  serialize: (value) => String(value),
  parseValue: (value) => sizeIn(value),
  parseLiteral: (node) => sizeIn(node.kind === Kind.STRING ? node.value : undefined),
});

function sizeIn(value: unknown): number {
  const size = typeof value === 'string' && /^(0|[1-9]\d{0,15})$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw new RangeError('A TreeSize is a decimal string, without zeros in front.');
  return size;
}
