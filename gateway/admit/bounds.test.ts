import { describe, expect, test } from '@jest/globals';
import { buildSchema, getIntrospectionQuery, parse, validate } from 'graphql';
import { growth } from '../../test/setup/cpu-time.ts';
import { BOUNDS, boundDocument, fencedFieldsOf } from './bounds.ts';

const FENCED = new Set(['withdrawConsent']);

/** The code of the error, or null if the document is within all bounds. */
function refusalOf(text: string): unknown {
  try {
    boundDocument(text, FENCED);
    return null;
  } catch (fault) {
    return (fault as { extensions?: { code?: unknown } }).extensions?.code;
  }
}

const times = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join(' ');
const nested = (depth: number): string => (depth === 1 ? 'a' : `a{${nested(depth - 1)}}`);

describe('the bounds', () => {
  const cases: Record<Exclude<keyof typeof BOUNDS, 'bodyBytes'>, (count: number) => string> = {
    tokens: (count) => `{a(x:[${times(count - 9, () => '1')}])}`,
    depth: (count) => `{${nested(count)}}`,
    nesting: (count) => `{a(x:${'['.repeat(count - 2)}1${']'.repeat(count - 2)})}`,
    aliases: (count) => `{a{${times(count, (i) => `b${i}:b`)}}}`,
    rootFields: (count) => `{...F} fragment F on Query{${times(count, (i) => `a${i}`)}}`,
    directives: (count) => `{a${times(count, () => '@x')}}`,
    fragments: (count) =>
      `{${times(count, (i) => `...F${i}`)}} ${times(count, (i) => `fragment F${i} on Q{...Unknown}`)}`,
    repeats: (count) => `{a{...on Q{${times(count - 1, () => 'b')}} b}}`,
    selections: (count) => `{a{${times(count - 1, (i) => `b${i}`)}}}`,
  };
  test.each(Object.entries(cases))(
    'accepts a document at the bound %s, and rejects one past it',
    (bound, documentOf) => {
      const most = BOUNDS[bound as keyof typeof BOUNDS];
      expect([refusalOf(documentOf(most)), refusalOf(documentOf(most + 1))]).toEqual([null, 'LIMIT_EXCEEDED']);
    },
  );
});

describe('documents that expand', () => {
  test('counts selections within each other through fragments, because the planner reads them opened', () => {
    const chain = (levels: number) =>
      `{...F1} ${times(levels, (i) => `fragment F${i + 1} on Q{...F${i + 2}}`)} fragment F${levels + 1} on Q{a}`;
    expect([38, 39].map((levels) => refusalOf(chain(levels)))).toEqual([null, 'LIMIT_EXCEEDED']);
    const inline = (levels: number) => `{${'...{'.repeat(levels)}a${'}'.repeat(levels)}}`;
    expect([39, 40].map((levels) => refusalOf(inline(levels)))).toEqual([null, 'LIMIT_EXCEEDED']);
  });

  test('rejects doubled nested fragments at once, whatever their depth', () => {
    const bomb = (levels: number) =>
      `{...F0} ${times(levels, (i) => `fragment F${i} on Q{a{...F${i + 1} ...F${i + 1}}}`)} fragment F${levels} on Q{b}`;
    const doubled = (levels: number) =>
      `{...F0} ${times(levels, (i) => `fragment F${i} on Q{...F${i + 1} ...F${i + 1}}`)} fragment F${levels} on Q{b}`;
    for (const documentOf of [bomb, doubled]) {
      // If every path were followed, twice the levels would take more than a hundred times as long.
      expect(growth((levels) => refusalOf(documentOf(levels)), [8, 16])).toBeLessThan(20);
      expect(refusalOf(documentOf(90))).toBe('LIMIT_EXCEEDED');
    }
  });

  test('leaves fragments within themselves to validation', () => {
    const everyone = (count: number) =>
      `mutation{...F0} ${times(count, (i) => `fragment F${i} on Query{${times(count, (j) => `...F${j}`)}}`)}`;
    expect(refusalOf('{...F} fragment F on Query{...F}')).toBeNull();
    // If every path were followed, these would take more than a thousand times as long.
    expect(growth((count) => refusalOf(everyone(count)), [4, 8])).toBeLessThan(40);
  });

  test('accepts the usual introspection', () => {
    expect(refusalOf(getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true }))).toBeNull();
  });

  test('counts introspection like everything else', () => {
    const deep = 'type{ofType'.repeat(1) + '{ofType'.repeat(BOUNDS.depth);
    expect(refusalOf(`{__schema{types{fields{${deep}{name}${'}'.repeat(BOUNDS.depth + 1)}}}}}`)).toBe('LIMIT_EXCEEDED');
  });

  test('validates every accepted document in bounded time', () => {
    const schema = buildSchema('type Query { a: Query b(x: Int): Int }');
    const worst = [
      `{${times(20, () => `a{${times(20, () => `a{${times(3, () => 'b')}}`)}}`)}}`,
      `{a{${times(100, (i) => `...F${i}`)}}} ${times(100, (i) => `fragment F${i} on Query{b(x:1) a{b(x:1)}}`)}`,
    ];
    for (const document of worst) {
      expect(refusalOf(document)).toBeNull();
      const start = performance.now();
      validate(schema, parse(document));

      expect(performance.now() - start).toBeLessThan(3_000);
    }
  });
});

describe('a fenced mutation', () => {
  test('differs from other operations', () => {
    expect(boundDocument('mutation W {withdrawConsent(x:1){ok}} query Q {a}', FENCED)).toEqual({
      operations: [
        { name: 'W', type: 'mutation', fenced: true },
        { name: 'Q', type: 'query', fenced: false },
      ],
    });
  });

  test.each([
    'mutation{withdrawConsent{ok} other{ok}}',
    'mutation{withdrawConsent{ok} __typename}',
    'mutation{withdrawConsent{ok} again:withdrawConsent{ok}}',
    'mutation{...on Mutation{...F} other{ok}} fragment F on Mutation{withdrawConsent{ok}}',
    'mutation{other{ok} ...F} fragment F on Mutation{withdrawConsent{ok}}',
  ])('must be the only root field: %s', (text) => {
    expect(refusalOf(text)).toBe('LIMIT_EXCEEDED');
  });

  test('has the schema’s mark', () => {
    const schema = buildSchema(`directive @fenced on FIELD_DEFINITION
      type Query { a: Int } type Mutation { end: Int @fenced begin: Int }`);
    expect(fencedFieldsOf(schema)).toEqual(new Set(['end']));
  });
});

test('returns null for a text that is not GraphQL', () => {
  expect(boundDocument('{', FENCED)).toBeNull();
  expect(boundDocument('{"', FENCED)).toBeNull();
});
