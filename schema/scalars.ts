import { GraphQLScalarType } from 'graphql';
import { GraphQLDateTimeISO, GraphQLLocalDate } from 'graphql-scalars';

/** A calendar date, `YYYY-MM-DD`, without time or zone; a string in TypeScript so that no zone can shift it. */
export const DateOnly = sinceYearOne(
  new GraphQLScalarType<string, string>({
    ...GraphQLLocalDate.toConfig(),
    name: 'Date',
    description: 'A calendar date, YYYY-MM-DD (ISO 8601).',
    specifiedByURL: null,
    extensions: {},
  }),
);

/** An instant in UTC. */
export const DateTime = sinceYearOne(
  new GraphQLScalarType<Date, string>({
    ...GraphQLDateTimeISO.toConfig(),
    name: 'DateTime',
    description: 'An instant in UTC, for example 2026-01-31T09:30:00.000Z (RFC 3339).',
    specifiedByURL: null,
    extensions: {},
  }),
);

/** The scalar without the year 0000, which ISO 8601 has and PostgreSQL's calendar lacks. */
function sinceYearOne<Parsed extends string | Date>(
  scalar: GraphQLScalarType<Parsed, string>,
): GraphQLScalarType<Parsed, string> {
  const checked = (value: Parsed): Parsed => {
    const text = typeof value === 'string' ? value : value.toISOString();
    if (text.startsWith('0000') || text.startsWith('-')) throw new RangeError('The year must be 0001 or later.');
    return value;
  };
  return new GraphQLScalarType({
    ...scalar.toConfig(),
    parseValue: (value) => checked(scalar.parseValue(value)),
    parseLiteral: (node, variables) => checked(scalar.parseLiteral(node, variables)),
  });
}
