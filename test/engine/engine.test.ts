import { describe, expect, test } from '@jest/globals';
import { catalogue } from './catalogue-federation.ts';
import { ask, InMemoryFederation, type TestSubgraph } from './in-memory-federation.ts';
import { PETS } from './pets-federation.ts';
import { FULL, SEEDS, sectors, unavailable, WHOLE } from './sectors-federation.ts';

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
        message: 'The variable "$id" must be a valid ID!. Correct it and send the operation again.',
        extensions: { code: 'BAD_USER_INPUT', field: 'id' },
      },
    ]);
  });

  test('with null for an argument that must not be null is refused, and without it gets the default', async () => {
    const federation = new InMemoryFederation(PETS);
    const engine = federation.engine();
    const query =
      'query ($t: Int, $no: Boolean = false) { dogs { ...B @skip(if: $no) id } } fragment B on Dog { barks(times: $t) }';
    const dog = { id: '1' };
    expect(await ask(engine, query, {})).toEqual({ data: { dogs: [{ barks: ['woof', 'woof'], ...dog }] } });
    const sent = federation.requests.length;
    expect((await ask(engine, query, { t: null })).errors?.map(({ extensions }) => extensions)).toEqual([
      { code: 'BAD_USER_INPUT', field: 't' },
    ]);
    expect(federation.requests.length).toBe(sent);
    expect(await ask(engine, query, { t: null, no: true })).toEqual({ data: { dogs: [dog] } });
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
    await engine.reload(
      new InMemoryFederation({ other: { typeDefs: 'type Query { other: Int }', resolvers: {} } }).supergraph,
    );
    expect(Object.keys(engine.apiSchema.getQueryType()?.getFields() ?? {})).toEqual(['other']);
    expect(seen).toEqual([['other']]);
  });

  test('keeps the old supergraph when the new one is broken', async () => {
    const engine = sectors().engine({ seeds: SEEDS });
    await expect(engine.reload('type Query {')).rejects.toThrow();
    await expect(engine.reload('type Nothing { nothing: Int }')).rejects.toThrow();
    await expect(engine.reload('type Query { youth: Int }')).rejects.toThrow('subgraphs');
    await expect(engine.reload(`${sectors().supergraph} type Empty`)).rejects.toThrow('Empty');
    expect(await ask(engine, FULL)).toEqual({ data: { y: WHOLE } });
  });
});
