import { ApolloServerErrorCode, ApolloServerValidationErrorCode } from '@apollo/server/errors';
import { describe, expect, test } from '@jest/globals';
import { buildSchema, executeSync, GraphQLError, parse, specifiedRules, validate } from 'graphql';
import { CONSTANT_MESSAGES, DENIALS, ERROR_CODES, HubError } from '../../schema/errors.ts';
import { growth } from '../../test/setup/cpu-time.ts';
import { APOLLO_CODES, formatError } from './errors.ts';
import { validationMessage } from './validation-messages.ts';

const CANARY = 'canary199001012385';

const told = (error: GraphQLError, extensions: Record<string, unknown> = { ...error.extensions }) =>
  formatError({ ...error.toJSON(), extensions }, error);

describe('the table of codes', () => {
  test.each([...Object.values(ApolloServerErrorCode), ...Object.values(ApolloServerValidationErrorCode)])(
    'maps Apollo Server’s %s into the closed set, without its text',
    (code) => {
      expect(ERROR_CODES).toContain(APOLLO_CODES[code]);
      const error = new GraphQLError(`text with ${CANARY}`, {
        extensions: { code, stacktrace: [CANARY], serviceName: CANARY },
      });
      const answer = told(error);
      expect(answer.extensions).toEqual({ code: APOLLO_CODES[code] });
      if (code !== 'BAD_USER_INPUT' && APOLLO_CODES[code] !== 'LIMIT_EXCEEDED') {
        expect(JSON.stringify(answer)).not.toContain(CANARY);
      }
    },
  );

  test('knows every code that Apollo Server has', () => {
    const all = [...Object.values(ApolloServerErrorCode), ...Object.values(ApolloServerValidationErrorCode)];
    expect(Object.keys(APOLLO_CODES).sort()).toEqual([...all].sort());
  });

  test.each([undefined, 'DOWNSTREAM_SERVICE_ERROR', 7, 'constructor'])(
    'maps code %p to INTERNAL_SERVER_ERROR',
    (code) => {
      expect(told(new GraphQLError(CANARY), { code })).toEqual({
        message: CONSTANT_MESSAGES.INTERNAL_SERVER_ERROR,
        extensions: { code: 'INTERNAL_SERVER_ERROR' },
      });
    },
  );
});

describe('an error', () => {
  test.each(Object.entries(CONSTANT_MESSAGES))('has the same message for every %s', (code, message) => {
    expect(told(new GraphQLError(CANARY, { path: ['youth'], extensions: { code } }))).toEqual({
      message,
      path: ['youth'],
      extensions: { code },
    });
  });

  test.each(Object.values(DENIALS))('may carry the text of a denial: %s', (message) => {
    const error = new GraphQLError(message);
    expect(told(error, { code: 'CONSENT_REQUIRED' }).message).toBe(message);
    expect(told(error, { code: 'FORBIDDEN' }).message).toBe(CONSTANT_MESSAGES.FORBIDDEN);
  });

  test('carries category and field if they are well formed, and nothing else', () => {
    const extensions = {
      code: 'BAD_USER_INPUT',
      category: 'school.attendance',
      field: 'input.dates[0].from',
      url: CANARY,
    };
    expect(told(new GraphQLError('Expected a date.', { extensions }))).toEqual({
      message: 'Expected a date.',
      extensions: { code: 'BAD_USER_INPUT', category: 'school.attendance', field: 'input.dates[0].from' },
    });
    expect(
      told(new GraphQLError('x', { extensions: { code: 'CONFLICT', category: 'http://x', field: 'a b' } })),
    ).toEqual({
      message: 'x',
      extensions: { code: 'CONFLICT' },
    });
  });

  test('carries no place in an operation that the hub made', () => {
    const [fault] =
      executeSync({
        schema: buildSchema('type Query { a: Int }'),
        document: parse('{a}'),
        rootValue: {
          a: () => {
            throw new Error(CANARY);
          },
        },
      }).errors ?? [];
    expect(fault && told(fault)).toEqual({
      message: CONSTANT_MESSAGES.INTERNAL_SERVER_ERROR,
      path: ['a'],
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    });
  });

  test('carries the hub’s own message', () => {
    expect(told(new HubError('LIMIT_EXCEEDED', 'At most 5.'))).toEqual({
      message: 'At most 5.',
      extensions: { code: 'LIMIT_EXCEEDED' },
    });
  });
});

describe('a validation error', () => {
  const schema = buildSchema(`
    enum Role { COORDINATOR } input In { role: Role! n: Int } scalar Date
    interface Node { id: ID } type Other implements Node { id: ID }
    type Query { youth(id: ID!, role: Role, in: In, on: Date, n: Int): Youth other: Other }
    type Youth implements Node { id: ID name(x: Int): String }
  `);
  const c = CANARY;
  const documents = [
    `{ youth(id:1) { nam ${c} } }`,
    `{ youth(id:1) }`,
    `{ youth(id:1) { id { ${c} } } }`,
    `{ youth(id:1 ${c}:2) { id } }`,
    `{ youth { id } }`,
    `{ youth(id:1 role:COORDINATOR${c}) { id } }`,
    `{ youth(id:1 role:"${c}") { id } }`,
    `{ youth(id:1 n:"${c}") { id } }`,
    `{ youth(id:1 in:{}) { id } }`,
    `{ youth(id:1 in:{role:COORDINATOR ${c}:1}) { id } }`,
    `query($${c}: Int) { youth(id:$${c}) { id } }`,
    `{ youth(id:$${c}) { id } }`,
    `query($${c}: Int) { other { id } }`,
    `query($x: ${c}) { youth(id:$x) { id } }`,
    `{ ...${c} }`,
    `{ other @${c} { id } }`,
    `{ other { id } } fragment ${c} on Query { other { id } }`,
    `{ ...${c} } fragment ${c} on Query { ...${c} }`,
    `{ other { ... on Youth { id } } }`,
    `{ youth(id:1) { ${c}:id ${c}:name } }`,
    `query ${c} { other { id } } query ${c} { other { id } }`,
    `{ youth(id:1 id:"${c}") { id } }`,
  ];

  test.each(documents)('states what was expected for %s, and repeats nothing', (document) => {
    const faults = validate(schema, parse(document), specifiedRules);
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) {
      const answer = told(fault, { code: 'GRAPHQL_VALIDATION_FAILED' });
      expect(answer).toEqual({
        message: expect.stringMatching(/Compare the place that locations names/),
        locations: expect.any(Array),
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      });
      expect(JSON.stringify(answer)).not.toMatch(/canary|Did you mean|COORDINATOR/);
    }
  });

  test('names the schema’s type', () => {
    const [fault] = validate(schema, parse('{ youth(id:1) { nam } }'));
    expect(fault && told(fault, { code: 'GRAPHQL_VALIDATION_FAILED' }).message).toBe(
      'The type Youth has no such field. Compare the place that locations names with the published schema.',
    );
  });

  test('is formatted at once, whatever the length of the value', () => {
    const sizes: [number, number] = [10_000, 40_000];
    const messages = new Map(
      sizes.map((times) => [times, `Int cannot represent non-integer value: """${'" argument '.repeat(times)}"""`]),
    );
    const tell = (times: number) => validationMessage(messages.get(times) ?? '');
    expect(sizes.map(tell)).toEqual(sizes.map(() => expect.stringMatching(/^Expected a value/)));
    // Going back for each word would take sixteen times as long.
    expect(growth(tell, sizes)).toBeLessThan(9);
  });

  test('repeats neither value nor names for a variable’s value', () => {
    const ask = (role: unknown) =>
      executeSync({
        schema,
        document: parse('query($role: Role!, $in: In) { youth(id:1, role:$role, in:$in) { id } }'),
        variableValues: { role, in: { role: CANARY } },
      });
    for (const fault of [...(ask(`COORDINATOR${CANARY}`).errors ?? []), ...(ask(null).errors ?? [])]) {
      expect(JSON.stringify(told(fault, { code: 'BAD_USER_INPUT' }))).not.toMatch(/canary|Did you mean|COORDINATOR/);
    }
    expect(ask(undefined).errors?.length).toBeGreaterThan(0);
  });
});
