import { GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTimeISO, GraphQLLocalDate } from 'graphql-scalars';

/** A calendar date, `YYYY-MM-DD`, without time or zone; a string in TypeScript so that no zone can shift it. */
export const DateOnly = inFourDigitYears(
  new GraphQLScalarType<string, string>({
    ...GraphQLLocalDate.toConfig(),
    name: 'Date',
    description: 'A calendar date, YYYY-MM-DD (ISO 8601).',
    specifiedByURL: null,
    extensions: {},
  }),
);

/** An instant in UTC. */
export const DateTime = inFourDigitYears(
  new GraphQLScalarType<Date, string>({
    ...GraphQLDateTimeISO.toConfig(),
    name: 'DateTime',
    description: 'An instant in UTC, for example 2026-01-31T09:30:00.000Z (RFC 3339), from the year 0001 to 9999.',
    specifiedByURL: null,
    extensions: {},
  }),
);

/**
 * The scalar from the year 0001 to 9999 in UTC. ISO 8601 has a year 0000, which PostgreSQL's calendar lacks. RFC 3339 writes years
 * with four digits, and an offset may carry an instant beyond either end.
 */
function inFourDigitYears<Parsed extends string | Date>(
  scalar: GraphQLScalarType<Parsed, string>,
): GraphQLScalarType<Parsed, string> {
  const checked = (value: Parsed): Parsed => {
    const text = typeof value === 'string' ? value : value.toISOString();
    if (/^(?:0000|[-+])/.test(text)) throw new RangeError('The year must be from 0001 to 9999, in UTC.');
    return value;
  };
  return new GraphQLScalarType({
    ...scalar.toConfig(),
    parseValue: (value) => checked(scalar.parseValue(value)),
    parseLiteral: (node, variables) => checked(scalar.parseLiteral(node, variables)),
  });
}

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

/** Every scalar of the contract beside GraphQL's own. The gateway checks what is sent for one, as the subgraphs do. */
export const SCALARS = [DateOnly, DateTime, TreeSize] as const;
