import { describe, expect, test } from '@jest/globals';
import { CONSTANT_MESSAGES } from '../../schema/errors.ts';
import { ask, InMemoryFederation, type TestSubgraph } from './in-memory-federation.ts';
import { PETS } from './pets-federation.ts';

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

const SEEDS = { 'Query.youth': ({ id }: Record<string, unknown>) => ({ __typename: 'Youth', id }) };
const FULL = '{ y: youth(id: "1") { id school { t: text } police { text } leisure { text by { name } } } }';
const WHOLE = {
  id: '1',
  school: [{ t: 'school of 1' }],
  police: [{ text: 'police of 1' }],
  leisure: [{ text: 'leisure of 1', by: { name: 'leisure author' } }],
};
const SECTORS = ['school', 'police', 'leisure'] as const;

function sectors() {
  return new InMemoryFederation({ school: sector('school'), police: sector('police'), leisure: sector('leisure') });
}

const unavailable = (...path: (string | number)[]) => ({
  message: CONSTANT_MESSAGES.SUBGRAPH_UNAVAILABLE,
  path,
  extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
});

describe('seeded root fields', () => {
  const subsets = Array.from({ length: 8 }, (_, bits) => SECTORS.filter((_, index) => bits & (1 << index)));

  test.each(subsets.map((down) => [down]))(
    'cost exactly the fields of the subgraphs that are down: %j',
    async (down) => {
      const federation = sectors();
      for (const name of down) federation.down.add(name);
      const answer = await ask(federation.engine({ seeds: SEEDS }), FULL);
      const expected: Record<string, unknown> = { ...WHOLE };
      for (const name of down) expected[name] = null;
      expect(answer.data).toEqual({ y: expected });
      // By place, whichever failed first.
      expect(answer.errors ?? []).toEqual(down.toSorted().map((name) => unavailable('y', name)));
    },
  );

  test('are fetched in one parallel stage', async () => {
    const federation = sectors();
    await ask(federation.engine({ seeds: SEEDS }), FULL);
    expect(federation.requests.map(({ operation }) => operation.includes('_entities'))).toEqual([false, false, false]);
  });

  test('ask no subgraph for what the seed tells', async () => {
    const federation = sectors();
    const query =
      'query ($id: ID!) { __typename a: youth(id: $id) { id t: __typename } b: youth(id: "2") { k: id ...on Youth { id } } }';
    const answer = await ask(federation.engine({ seeds: SEEDS }), query, { id: '1' });
    expect(answer).toEqual({
      data: { __typename: 'Query', a: { id: '1', t: 'Youth' }, b: { k: '2', id: '2' } },
    });
    expect(federation.requests).toEqual([]);
  });

  test('are fetched as others when the seed tells nothing', async () => {
    const federation = sectors();
    const answer = await ask(federation.engine({ seeds: { 'Query.youth': () => null } }), '{ youth(id: "1") { id } }');
    expect(answer).toEqual({ data: { youth: { id: '1' } } });
    expect(federation.requests).toHaveLength(1);
  });

  test('do not show the seed in place of a field that failed under the alias of the key', async () => {
    const federation = sectors();
    federation.down.add('school');
    const answer = await ask(federation.engine({ seeds: SEEDS }), '{ youth(id: "1") { id: school { text } key: id } }');
    expect(answer).toEqual({ data: { youth: { id: null, key: '1' } }, errors: [unavailable('youth', 'id')] });
  });

  test('without seeds, the loss of the object is one error at the object', async () => {
    const federation = sectors();
    for (const name of SECTORS) federation.down.add(name);
    const answer = await ask(federation.engine(), FULL);
    expect(answer).toEqual({ data: { y: null }, errors: [unavailable('y')] });
  });
});

const catalogue: Record<string, TestSubgraph> = {
  list: {
    typeDefs: `type Query { things: [Thing!]!  maybe: Thing }
      type Thing @key(fields: "id") { id: ID!  again: Thing }`,
    resolvers: {
      Query: { things: () => [{ id: '1' }, { id: '2' }, { id: '1' }], maybe: () => ({ id: '1' }) },
      Thing: { again: ({ id }: { id: string }) => ({ id }) },
    },
  },
  names: {
    typeDefs: `type Thing @key(fields: "id") @key(fields: "code") { id: ID!  code: ID!  name(lang: String): String  strict: String!  parts: [Part] }
      type Part { label: String  bad: String }`,
    resolvers: {
      Thing: {
        __resolveReference: ({ id }: { id: string }) => ({ id, code: `c${id}` }),
        name: ({ id }: { id: string }, { lang }: { lang?: string }) => `name ${id}${lang ?? ''}`,
        strict: ({ id }: { id: string }) => (id === '2' ? null : 'strict'),
        parts: () => [{ label: 'p0' }, { label: 'p1' }],
      },
      Part: {
        bad: () => {
          throw new Error('canary-bad');
        },
      },
    },
  },
  prices: {
    typeDefs: `type Thing @key(fields: "code") { code: ID!  price: Int }`,
    resolvers: { Thing: { __resolveReference: (reference: object) => reference, price: () => 7 } },
  },
};

describe('entities', () => {
  test('are asked about once each within a request', async () => {
    const federation = new InMemoryFederation(catalogue);
    const answer = await ask(federation.engine(), '{ things { id name } }');
    expect(answer).toEqual({
      data: {
        things: [
          { id: '1', name: 'name 1' },
          { id: '2', name: 'name 2' },
          { id: '1', name: 'name 1' },
        ],
      },
    });
    expect(federation.requests[1]?.variables).toEqual({
      representations: [
        { __typename: 'Thing', id: '1' },
        { __typename: 'Thing', id: '2' },
      ],
    });
  });

  test('deliver the errors of subgraphs at every place of the client, aliases and indexes included', async () => {
    const federation = new InMemoryFederation(catalogue);
    const answer = await ask(federation.engine(), '{ t: things { p: parts { b: bad } } }');
    const part = { b: null };
    expect(answer.data).toEqual({ t: Array(3).fill({ p: [part, part] }) });
    const paths = [0, 2, 1].flatMap((thing) => [0, 1].map((index) => ['t', thing, 'p', index, 'b']));
    expect(answer.errors?.map(({ path }) => path).sort()).toEqual(paths.sort());
    expect(new Set(answer.errors?.map(({ message }) => message))).toEqual(new Set(['canary-bad']));
  });

  test('propagate nulls as the API schema says', async () => {
    const federation = new InMemoryFederation(catalogue);
    const one = await ask(federation.engine(), '{ things { strict } maybe { again { strict } } }');
    expect(one.data).toBeNull();
    const engine = federation.engine();
    federation.answers.set('names', {
      data: { _entities: [{ strict: null }] },
      errors: [{ message: 'gone', path: ['_entities', 0, 'strict'] }],
    });
    const other = await ask(engine, '{ maybe { again { s: id strict } } }');
    expect(other).toEqual({
      data: { maybe: { again: null } },
      errors: [{ message: 'gone', path: ['maybe', 'again', 'strict'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
  });

  test('cost an error at each field, per item, when their subgraph is down, and the items stay', async () => {
    const federation = new InMemoryFederation(catalogue);
    federation.down.add('names');
    const answer = await ask(federation.engine(), '{ things { id n: name parts { label } } }');
    const item = { n: null, parts: null };
    expect(answer.data).toEqual({
      things: [
        { id: '1', ...item },
        { id: '2', ...item },
        { id: '1', ...item },
      ],
    });
    expect(answer.errors).toEqual(
      [0, 1, 2].flatMap((index) => [unavailable('things', index, 'n'), unavailable('things', index, 'parts')]),
    );
  });

  test('cost what could not be asked for want of a key that the subgraph would have given', async () => {
    const federation = new InMemoryFederation(catalogue);
    federation.down.add('names');
    const answer = await ask(federation.engine(), '{ maybe { id price } }');
    expect(answer).toEqual({ data: { maybe: { id: '1', price: null } }, errors: [unavailable('maybe', 'price')] });
  });

  test('that their subgraph does not know are null without an error', async () => {
    const federation = new InMemoryFederation(catalogue);
    federation.answers.set('names', { data: { _entities: [null] } });
    const answer = await ask(federation.engine(), '{ maybe { id price name } }');
    expect(answer).toEqual({ data: { maybe: { id: '1', price: null, name: null } } });
  });

  test('of two places keep apart what is asked with different arguments', async () => {
    const federation = new InMemoryFederation(catalogue);
    const answer = await ask(
      federation.engine(),
      '{ a: maybe { again { name(lang: "sv") } } b: maybe { again { name(lang: "en") } } }',
    );
    expect(answer).toEqual({ data: { a: { again: { name: 'name 1sv' } }, b: { again: { name: 'name 1en' } } } });
  });

  test('keep their keys when the client gives a key’s name to another field', async () => {
    const federation = new InMemoryFederation(catalogue);
    const answer = await ask(
      federation.engine(),
      '{ maybe { code: name id: name price __typename: name } name: maybe { name: name } }',
    );
    const name = 'name 1';
    const maybe = { code: name, id: name, price: 7, __typename: name };
    expect(answer).toEqual({ data: { maybe, name: { name } } });
  });
});

describe('an answer', () => {
  test('holds what was asked for in the client’s order and nothing else', async () => {
    const federation = new InMemoryFederation(catalogue);
    federation.answers.set('list', {
      data: { maybe: { __typename: 'Thing', id: '1', extra: 'canary', toString: 'canary' } },
    });
    const answer = await ask(federation.engine(), '{ maybe { name id } }');
    expect(JSON.stringify(answer)).toBe('{"data":{"maybe":{"name":"name 1","id":"1"}}}');
  });

  test('takes aliases that every object inherits as what they are', async () => {
    const federation = new InMemoryFederation(catalogue);
    const answer = await ask(
      federation.engine(),
      '{ __proto__: maybe { constructor: id toString: name hasOwnProperty: id } }',
    );
    expect(JSON.stringify(answer)).toBe(
      '{"data":{"__proto__":{"constructor":"1","toString":"name 1","hasOwnProperty":"1"}}}',
    );
    expect(Object.hasOwn(Object.prototype, 'constructor') && ({} as { id?: string }).id).toBeUndefined();
  });

  test('is not polluted by a subgraph that answers __proto__', async () => {
    const federation = new InMemoryFederation(catalogue);
    const evil = JSON.parse(
      '{"maybe":{"__typename":"Thing","id":"1","__proto__":{"polluted":true}},"__proto__":{"polluted":true}}',
    );
    federation.answers.set('list', { data: evil });
    const answer = await ask(federation.engine(), '{ maybe { id name } }');
    expect(answer).toEqual({ data: { maybe: { id: '1', name: 'name 1' } } });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('has null and an error for an enum value that clients may not see', async () => {
    const federation = sectors();
    federation.answers.set('school', { data: { youth: { school: [{ level: 'SECRET' }, { level: 'LOW' }] } } });
    const answer = await ask(federation.engine({ seeds: SEEDS }), '{ youth(id: "1") { school { level } } }');
    expect(answer.data).toEqual({ youth: { school: [{ level: null }, { level: 'LOW' }] } });
    expect(answer.errors?.map(({ path }) => path)).toEqual([['youth', 'school', 0, 'level']]);
    expect(JSON.stringify(answer)).not.toContain('SECRET');
  });

  test('carries message, path and three extensions of a subgraph’s error, and nothing else', async () => {
    const federation = sectors();
    federation.answers.set('school', {
      data: { youth: { school: null } },
      errors: [
        {
          message: 'This information needs a consent.',
          path: ['youth', 'school'],
          extensions: {
            code: 'CONSENT_REQUIRED',
            category: 'school.x',
            field: 'f',
            serviceName: 'canary',
            http: { status: 418 },
          },
        },
      ],
    });
    const answer = await ask(federation.engine({ seeds: SEEDS }), '{ youth(id: "1") { s: id school { text } } }');
    expect(answer.errors).toEqual([
      {
        message: 'This information needs a consent.',
        path: ['youth', 'school'],
        extensions: { code: 'CONSENT_REQUIRED', category: 'school.x', field: 'f' },
      },
    ]);
  });

  test('has one error for each field when a subgraph answers errors without a place, or nothing', async () => {
    const federation = sectors();
    federation.answers.set('school', { errors: [{ message: 'no', extensions: { code: 'LOG_UNAVAILABLE' } }] });
    federation.answers.set('police', {});
    const answer = await ask(
      federation.engine({ seeds: SEEDS }),
      '{ youth(id: "1") { id school { text } police { text } } }',
    );
    expect(answer).toEqual({
      data: { youth: { id: '1', school: null, police: null } },
      errors: [
        unavailable('youth', 'police'),
        { message: 'no', path: ['youth', 'school'], extensions: { code: 'LOG_UNAVAILABLE' } },
      ],
    });
  });

  test('holds at most 1,000 errors, the last of which says so', async () => {
    const federation = new InMemoryFederation(catalogue);
    const things = Array.from({ length: 1_200 }, (_, id) => ({ __typename: 'Thing', id: `${id}` }));
    federation.answers.set('list', { data: { things } });
    federation.down.add('names');
    const answer = await ask(federation.engine(), '{ things { name } }');
    expect(answer.errors).toHaveLength(1_000);
    expect(answer.errors?.at(-2)).toEqual(unavailable('things', 998, 'name'));
    expect(answer.errors?.at(-1)?.extensions).toEqual({ code: 'LIMIT_EXCEEDED' });
  });
});

describe('an operation', () => {
  test('is answered with the schema that clients see', async () => {
    const federation = sectors();
    const answer = await ask(
      federation.engine(),
      'query ($n: String!) { ...Roots a: youth(id: "1") { id } } fragment Roots on Query { s: __schema { queryType { name } directives { name } } __type(name: $n) { enumValues { name } } }',
      { n: 'schoolLevel' },
    );
    expect(answer.errors).toBeUndefined();
    const directives = ['include', 'skip', 'deprecated', 'specifiedBy', 'oneOf'].map((name) => ({ name }));
    expect(answer.data).toEqual({
      s: { queryType: { name: 'Query' }, directives: expect.arrayContaining(directives) },
      __type: { enumValues: [{ name: 'LOW' }, { name: 'HIGH' }] },
      a: { id: '1' },
    });
    expect(JSON.stringify(answer)).not.toMatch(/join__|link__|inaccessible|"link"/);
  });

  test('leaves out what @skip and @include leave out, each time anew', async () => {
    const federation = sectors();
    const engine = federation.engine({ seeds: SEEDS });
    const query =
      'query ($a: Boolean!, $b: Boolean = true) { youth(id: "1") { id @skip(if: $b) school @include(if: $a) { text @skip(if: $b) by { name } } } }';
    expect(await ask(engine, query, { a: true })).toEqual({
      data: { youth: { school: [{ by: { name: 'school author' } }] } },
    });
    expect(await ask(engine, query, { a: false, b: false })).toEqual({ data: { youth: { id: '1' } } });
    expect(await ask(engine, query, { a: true, b: false })).toEqual({
      data: { youth: { id: '1', school: [{ text: 'school of 1', by: { name: 'school author' } }] } },
    });
  });

  test('is carried out within fragments whose type nobody doubts, conditions included', async () => {
    const engine = new InMemoryFederation(PETS).engine();
    const query = `query ($no: Boolean = false) {
      anybody { id } ... on Query @skip(if: $no) { anybody { dogs { name } } }
      search(kind: PETS) { ... on Result @skip(if: $no) { mine: __typename ... on Dog { id } } }
    }`;
    expect(await ask(engine, query)).toEqual({
      data: {
        anybody: { id: '2', dogs: [{ name: 'dog 1' }, null] },
        search: ['1', '2'].map((id) => ({ mine: 'Dog', id })),
      },
    });
  });

  test('with a variable that does not fit is refused without the value', async () => {
    const federation = sectors();
    const answer = await ask(federation.engine(), 'query ($id: ID!) { youth(id: $id) { id } }', { id: { canary: 1 } });
    expect(answer.errors).toEqual([
      {
        message: 'The variable "$id" must be a valid ID!. Correct it and ask again.',
        extensions: { code: 'BAD_USER_INPUT', field: 'id' },
      },
    ]);
  });

  test('that asks for parts of the answer later is refused, whatever the supergraph says', async () => {
    const { supergraph } = sectors();
    const defined = 'directive @defer on INLINE_FRAGMENT directive @stream on FIELD';
    const engine = sectors().engine({ seeds: SEEDS, supergraph: `${supergraph}\n${defined}` });
    for (const query of [
      '{ youth(id: "1") { id ...@defer { school { text } } } }',
      '{ youth(id: "1") { school @stream { text } } }',
    ]) {
      const answer = await ask(engine, query);
      expect([answer.data, answer.errors?.[0]?.extensions]).toEqual([undefined, { code: 'GRAPHQL_VALIDATION_FAILED' }]);
    }
  });

  test('that changes things does so in order', async () => {
    const done: string[] = [];
    const writer = (name: string): TestSubgraph => ({
      typeDefs: `type Query { ${name}s: Int } type Mutation { ${name}(n: Int!): Int }`,
      resolvers: {
        Mutation: {
          [name]: async (_: unknown, { n }: { n: number }) => {
            await new Promise((resolve) => setImmediate(resolve));
            return done.push(`${name}${n}`);
          },
        },
      },
    });
    const federation = new InMemoryFederation({ a: writer('a'), b: writer('b') });
    const answer = await ask(federation.engine(), 'mutation { one: a(n: 1) two: b(n: 2) three: a(n: 3) }');
    expect(answer).toEqual({ data: { one: 1, two: 2, three: 3 } });
    expect(done).toEqual(['a1', 'b2', 'a3']);
  });
});

describe('reloading', () => {
  test('serves the new supergraph from the next request on', async () => {
    const engine = sectors().engine({ seeds: SEEDS });
    const seen: string[][] = [];
    engine.onSchemaLoadOrUpdate(({ apiSchema }) => {
      seen.push(Object.keys(apiSchema.getQueryType()?.getFields() ?? {}));
    });
    engine.reload(
      new InMemoryFederation({ other: { typeDefs: 'type Query { other: Int }', resolvers: {} } }).supergraph,
    );
    expect(Object.keys(engine.apiSchema.getQueryType()?.getFields() ?? {})).toEqual(['other']);
    expect(seen).toEqual([['other']]);
  });

  test('keeps the old supergraph when the new one is broken', async () => {
    const engine = sectors().engine({ seeds: SEEDS });
    expect(() => engine.reload('type Query {')).toThrow();
    expect(() => engine.reload('type Nothing { nothing: Int }')).toThrow();
    expect(() => engine.reload('type Query { youth: Int }')).toThrow('subgraphs');
    expect(() => engine.reload(`${sectors().supergraph} type Empty`)).toThrow('Empty');
    expect(await ask(engine, FULL)).toEqual({ data: { y: WHOLE } });
  });
});
