import { readFileSync } from 'node:fs';
import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
} from 'graphql';
import { apiSchemaOf } from '../../../gateway/engine/prepare/api-schema.ts';
import { DEMO_YOUTHS, PERSONAS } from '../../../schema/demo-world.ts';
import { demoConsentId } from '../../../subgraphs/registry/seed.ts';
import { operationFrom } from '../../engine/random-operation.ts';

/** One request as a client could send it. */
export interface RandomRequest {
  /** The persona whose token goes along; null for none. */
  readonly by: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const SUPERGRAPH = new URL('../../../schema/generated/supergraph.graphql', import.meta.url);
const OPERATIONS = new URL('../../../schema/operations/', import.meta.url);

/** Values that some part on the way may not expect, whatever the type. */
const ODD: readonly unknown[] = [
  null,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u202e',
  '０',
  'null',
  'x'.repeat(3_000),
  '__proto__',
  '{}',
  '\\',
  "'; --",
  0,
  -1,
  -0.5,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  1e300,
  true,
  [],
  [[]],
  [null],
  {},
  { a: 1 },
  JSON.parse('{"__proto__":{"a":1},"constructor":1}'),
];

const base64 = (...bytes: readonly (readonly [count: number, byte: number])[]) =>
  Buffer.concat(bytes.map(([count, byte]) => Buffer.alloc(count, byte))).toString('base64url');

/** Cursors of every length that is one, at the ends of what their parts can say. */
const CURSORS = [16, 24, 56].flatMap((length) => [
  base64([length, 0]),
  base64([length, 0xff]),
  base64([1, 0x7f], [length - 1, 0xff]),
  base64([1, 0x80], [length - 1, 0]),
  base64([Math.max(length - 24, 0), 7], [1, 0x7f], [Math.min(length, 24) - 1, 0xff]),
]);

/** Values of the scalars: some usual, some at the ends, some beyond. */
const SCALARS: Readonly<Record<string, readonly unknown[]>> = {
  ID: [
    DEMO_YOUTHS.everything.id,
    DEMO_YOUTHS.expired.id,
    DEMO_YOUTHS.everything.id.toUpperCase(),
    demoConsentId('everything'),
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '77777777-7777-4777-8777-777777777777',
    'school',
    7,
  ],
  String: ['x', 'p-1', 'school:skovde', 'police.suspicions', 'sha256', 'é', '🙂', ...CURSORS],
  Boolean: [true, false],
  Int: [1, 0, -1, 20, 200, 201, 2 ** 31 - 1, -(2 ** 31)],
  Float: [0, 1.5],
  Date: ['2026-01-10', '0001-01-01', '9999-12-31', '0000-01-01', '2026-02-30', '10000-01-01', '2026-1-1'],
  DateTime: [
    '2026-01-10T09:00:00Z',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
    '9999-12-31T23:59:59.999-14:00',
    '0001-01-01T00:00:00+14:00',
    '2026-01-10T24:00:00Z',
    '2026-01-10T09:00:60Z',
    '2026-01-10T09:00:00.123456789Z',
    '2026-01-10',
  ],
  TreeSize: ['0', '1', '9007199254740991', '9007199254740992', '18446744073709551616', '01', '-1', '1.0', 1],
};

const HEADERS: readonly (readonly [string, readonly string[]])[] = [
  ['accept', ['*/*', 'application/graphql-response+json', 'text/html', 'multipart/mixed', 'x', 'a/b;q=2']],
  ['accept-encoding', ['gzip', 'br', 'x']],
  [
    'content-type',
    [
      'application/json; charset=utf-8',
      'application/json;charset=latin1',
      'text/plain',
      'application/graphql',
      'x',
      ';',
    ],
  ],
  ['content-encoding', ['identity', 'gzip', 'x']],
  ['apollo-require-preflight', ['x', '']],
  ['x-apollo-operation-name', ['x']],
  ['apollo-federation-include-trace', ['ftv1']],
  ['apollo-query-plan-experimental', ['1']],
  ['samsyn-request-id', ['x']],
  ['samsyn-time-left', ['0', '-1', 'x']],
  ['traceparent', ['x', '00-00000000000000000000000000000000-0000000000000000-00']],
  ['x-forwarded-for', ['::1, x']],
  ['cookie', ['a=b; a=c']],
  ['range', ['bytes=0-1']],
  ['if-none-match', ['*']],
  ['x-http-method-override', ['DELETE']],
];

/** Tokens that are put into a text, or in place of one of its own. */
const TOKENS: readonly string[] = [
  ...'{}()[]:=!|&$@',
  '...',
  '...{',
  '"',
  '"""',
  '#',
  'null',
  'true',
  '-1',
  '2147483648',
  '1e400',
  '-0.0e-0',
  '99999999999999999999',
  '"\\u{10FFFF}"',
  '"\\uD800"',
  '"""\\""""""',
  '@skip(if: null)',
  '@include(if: true)',
  '@defer',
  '@deprecated',
  '__typename',
  '__schema { types { name } }',
  '__type(name: null) { name }',
  '_entities(representations: []) { __typename }',
  '_service { sdl }',
  '... on Youth { id }',
  '...Unknown',
  'fragment F on Query { ...F }',
  'query',
  'mutation',
  'subscription',
  '\ufeff',
  '\u0000',
  '\u2028',
  '🙂',
  '[['.repeat(60),
  '{a'.repeat(60),
  '...{'.repeat(60),
];

interface Operation {
  readonly text: string;
  readonly arguments: readonly { readonly name: string; readonly type: GraphQLInputType }[];
}

/** Makes requests of choices: the same choices make the same request. */
export class RandomRequests {
  readonly #schema: GraphQLSchema = apiSchemaOf(parse(readFileSync(SUPERGRAPH, 'utf8')));
  readonly #operations: readonly Operation[];
  #choices: readonly number[] = [];
  #next = 0;

  /** @param published the names of published operations. */
  constructor(published: readonly string[]) {
    const { Query, Mutation } = { Query: this.#schema.getQueryType(), Mutation: this.#schema.getMutationType() };
    const fields = [
      ...Object.values(Query?.getFields() ?? {}).map((field) => this.#operationOf('query', field)),
      ...Object.values(Mutation?.getFields() ?? {}).map((field) => this.#operationOf('mutation', field)),
    ];
    const texts = published.map((name) => readFileSync(new URL(`${name}.graphql`, OPERATIONS), 'utf8'));
    this.#operations = [...fields, ...texts.map((text) => ({ text, arguments: [] }))];
  }

  /** The number of operations that requests are made of, before they are spoilt. */
  get count(): number {
    return this.#operations.length;
  }

  request(choices: readonly number[]): RandomRequest {
    this.#choices = choices;
    this.#next = 0;
    const by = this.#choose(12) === 1 ? null : this.#oneOf(Object.keys(PERSONAS));
    const headers = Object.fromEntries(
      Array.from({ length: this.#choose(6) === 1 ? 1 + this.#choose(2) : 0 }, () => {
        const [name, values] = this.#oneOf(HEADERS);
        return [name, this.#oneOf(values)] as const;
      }),
    );
    return { by, headers, body: this.#body() };
  }

  #body(): string {
    const operation = this.#oneOf(this.#operations);
    const kind = this.#choose(10);
    if (kind === 0) return this.#spoilt(JSON.stringify({ query: operation.text }));
    const query: unknown =
      kind === 1
        ? this.#oneOf(ODD)
        : kind <= 3
          ? this.#spoilt(operation.text)
          : kind === 4
            ? operationFrom(this.#schema, this.#choices.slice(this.#next))
            : operation.text;
    const sent: Record<string, unknown> = { query };
    if (this.#choose(12) !== 1) sent.variables = this.#variables(operation);
    if (this.#choose(6) === 1) sent.operationName = this.#oneOf([null, '', 'Operation', 'Other', 7, {}, '__proto__']);
    if (this.#choose(20) === 1) sent.extensions = this.#oneOf([{ persistedQuery: { version: 1, sha256Hash: 'x' } }, 7]);
    if (this.#choose(40) === 1) return JSON.stringify([sent, sent]);
    return JSON.stringify(sent);
  }

  #variables(operation: Operation): unknown {
    if (this.#choose(15) === 1) return this.#oneOf(ODD);
    const values = operation.arguments.flatMap(({ name, type }) =>
      this.#choose(12) === 1 ? [] : [[name, this.#value(type, 0)] as const],
    );
    return Object.fromEntries(this.#choose(15) === 1 ? [...values, ['more', this.#oneOf(ODD)]] : values);
  }

  #value(type: GraphQLInputType, depth: number): unknown {
    if (this.#choose(14) === 1) return this.#oneOf(ODD);
    const nullable = getNullableType(type);
    if (!isNonNullType(type) && depth > 0 && this.#choose(3) === 1) return null;
    if (isListType(nullable)) {
      return Array.from({ length: this.#choose(3) }, () => this.#value(nullable.ofType, depth + 1));
    }
    if (isInputObjectType(nullable)) {
      const fields = Object.values(nullable.getFields());
      const given = fields.filter((field) => isNonNullType(field.type) || this.#choose(2) === 1);
      return Object.fromEntries(given.map((field) => [field.name, this.#value(field.type, depth + 1)]));
    }
    if (isEnumType(nullable)) return this.#oneOf(nullable.getValues()).name;
    return this.#oneOf(SCALARS[String(nullable)] ?? ODD);
  }

  /** The text with one to three of its tokens taken out, doubled, or replaced. */
  #spoilt(text: string): string {
    const parts = text.split(/(?<=\W)|(?=\W)/);
    for (let times = 1 + this.#choose(3); times > 0; times--) {
      const place = this.#choose(parts.length);
      const token = this.#choose(3) === 1 ? (parts[place] ?? '') : this.#oneOf(TOKENS);
      parts.splice(place, this.#choose(2), ...(this.#choose(4) === 1 ? [] : [token]));
    }
    return parts.join('');
  }

  #operationOf(kind: string, { name, args, type }: GraphQLField<unknown, unknown>): Operation {
    // A variable that may be null, wherever the argument has a default.
    const typeOf = (argument: (typeof args)[number]) =>
      argument.defaultValue === undefined ? argument.type : getNullableType(argument.type);
    const declared = args.map((each) => `$${each.name}: ${typeOf(each)}`).join(', ');
    const given = args.map((each) => `${each.name}: $${each.name}`).join(', ');
    const below = getNamedType(type);
    const leaves = isObjectType(below) ? Object.values(below.getFields()).filter(isPlainLeaf) : [];
    const selected = isLeafType(below) ? '' : `{ __typename ${leaves.map((leaf) => leaf.name).join(' ')} }`;
    const head = args.length === 0 ? '' : `(${declared})`;
    return {
      text: `${kind} Operation${head} { ${name}${args.length === 0 ? '' : `(${given})`} ${selected} }`,
      arguments: args.map((each) => ({ name: each.name, type: typeOf(each) })),
    };
  }

  #oneOf<T>(values: readonly T[]): T {
    return values[this.#choose(values.length)] as T;
  }

  /** A number below `limit`; 0 when the choices are used up. */
  #choose(limit: number): number {
    return (this.#choices[this.#next++] ?? 0) % limit;
  }
}

function isPlainLeaf({ args, type }: GraphQLField<unknown, unknown>): boolean {
  return args.length === 0 && isLeafType(getNamedType(type));
}
