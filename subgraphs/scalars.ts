import { GraphQLScalarType } from 'graphql';
import { GraphQLDateTimeISO, GraphQLLocalDate } from 'graphql-scalars';

/** A calendar date, `YYYY-MM-DD`, without time or zone; a string in TypeScript so that no zone can shift it. */
export const DateOnly = new GraphQLScalarType({
  ...GraphQLLocalDate.toConfig(),
  name: 'Date',
  description: 'A calendar date, YYYY-MM-DD (ISO 8601).',
  specifiedByURL: null,
  extensions: {},
});

/** An instant in UTC. */
export const DateTime = new GraphQLScalarType({
  ...GraphQLDateTimeISO.toConfig(),
  name: 'DateTime',
  description: 'An instant in UTC, as 2026-01-31T09:30:00.000Z (RFC 3339).',
  specifiedByURL: null,
  extensions: {},
});
