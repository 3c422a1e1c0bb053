import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { InMemoryFederation } from '../../../test/engine/in-memory-federation.ts';
import { planHere } from '../../../test/engine/planning-here.ts';
import { apiSchemaOf } from '../prepare/api-schema.ts';
import { Operation } from '../prepare/operation.ts';
import { operationOf } from '../prepare/selections.ts';
import { Types } from '../prepare/types.ts';
import { MAX_PLANNING, MAX_WAITING, PlanCache, REMEMBERED_CHARACTERS } from './plan.ts';
import type { Planner } from './planner.ts';

const { supergraph } = new InMemoryFederation({
  a: { typeDefs: 'type Query { n: Int  node: Node } type Node { id: ID  name: String }', resolvers: {} },
});
const document = parse(supergraph);
const schema = apiSchemaOf(document);
const types = new Types(document);

function prepared(source: string, variables = {}): Operation {
  const parsed = parse(source);
  return new Operation(schema, types, parsed, operationOf(parsed), variables);
}

/** Counts the requests to the planner. */
class CountingPlanner implements Planner {
  asked: string[] = [];
  running = 0;
  most = 0;
  readonly #planner: Planner;
  constructor(sdl: string) {
    this.#planner = planHere(sdl);
  }
  async plan(text: string, name: string | null) {
    this.asked.push(text);
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    try {
      return await this.#planner.plan(text, name);
    } finally {
      this.running -= 1;
    }
  }
  ready = () => this.#planner.ready();
  close = () => this.#planner.close();
}

function planOf(cache: PlanCache, source: string, name: string | null, conditions: string, prepare: () => Operation) {
  return cache.plan({ document: parse(source), source, name, conditions }, prepare);
}

describe('the plan cache', () => {
  test('plans a text once, however many ask at the same time, and remembers the plan', async () => {
    const planner = new CountingPlanner(supergraph);
    const cache = new PlanCache(planner);
    const ask = () => planOf(cache, '{ n }', null, '', () => prepared('{ n }'));
    const [first, second] = await Promise.all([ask(), ask()]);
    expect(second).toBe(first);
    expect(ask()).toBe(first);
    expect(planner.asked).toEqual(['{\n  n\n}']);
  });

  test('distinguishes operations of one text by name', async () => {
    const cache = new PlanCache(new CountingPlanner(supergraph));
    const source = 'query A { n } query B { node { id } }';
    const pick = (index: number) => () => {
      const parsed = parse(source);
      const operation = parsed.definitions[index];
      if (operation?.kind !== 'OperationDefinition') throw new Error('An operation was expected.');
      return new Operation(schema, types, parsed, operation, {});
    };
    const plans = await Promise.all([planOf(cache, source, 'A', '', pick(0)), planOf(cache, source, 'B', '', pick(1))]);
    const operations = plans.map(({ step }) => (step?.kind === 'roots' ? step.fetch.request.operation : null));
    expect(operations).toEqual(
      ['query A{n}', 'query B{node{id}}'].map((text) => expect.stringContaining(text.slice(7))),
    );
  });

  test('distinguishes the values of conditions', async () => {
    const planner = new CountingPlanner(supergraph);
    const cache = new PlanCache(planner);
    const source = 'query ($a: Boolean!) { n @skip(if: $a) node @include(if: $a) { id } }';
    const ask = (a: boolean) => planOf(cache, source, null, a ? '1' : '0', () => prepared(source, { a }));
    const [no, yes] = [await ask(false), await ask(true)];
    expect([ask(false), ask(true)]).toEqual([no, yes]);
    expect(planner.asked.map((text) => /{\s*(\w+)/.exec(text)?.[1])).toEqual(['n', 'node']);
  });

  test('plans few at once and refuses a flood of new texts, while known ones are answered', async () => {
    const planner = new CountingPlanner(supergraph);
    const cache = new PlanCache(planner);
    await planOf(cache, '{ n }', null, '', () => prepared('{ n }'));
    const flood = Array.from({ length: MAX_WAITING + MAX_PLANNING + 5 }, (_, index) => {
      const source = `{ a${index}: n }`;
      return Promise.resolve(planOf(cache, source, null, '', () => prepared(source)));
    });
    expect(planOf(cache, '{ n }', null, '', () => prepared('{ n }'))).not.toBeInstanceOf(Promise);
    const outcomes = await Promise.allSettled(flood);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    // Five, and one more while the planner still rests from the known one.
    expect([5, 6]).toContain(refused.length);
    expect(refused[0]).toMatchObject({ reason: { extensions: { code: 'RATE_LIMITED' } } });
    expect(planner.most).toBe(MAX_PLANNING);
  });

  test('forgets the plans that were used least recently', async () => {
    const planner = new CountingPlanner(supergraph);
    const cache = new PlanCache(planner);
    const long = (index: number) => `{ n } # ${index}${'x'.repeat(REMEMBERED_CHARACTERS / 5)}`;
    const ask = (source: string) => planOf(cache, source, null, '', () => prepared(source));
    await ask('{ n }');
    for (let index = 0; index < 8; index++) {
      await ask(long(index));
      await ask('{ n }');
    }
    expect(ask('{ n }')).not.toBeInstanceOf(Promise);
    expect(ask(long(7))).not.toBeInstanceOf(Promise);
    expect(ask(long(0))).toBeInstanceOf(Promise);
    await ask(long(0));
  });

  test('does not remember a failure', async () => {
    const cache = new PlanCache(new CountingPlanner(supergraph));
    const broken = () => Promise.resolve(planOf(cache, '{ gone }', null, '', () => prepared('{ gone }')));
    await expect(broken()).rejects.toThrow();
    await expect(broken()).rejects.toThrow();
  });
});

describe('the text for the planner', () => {
  const textOf = (source: string) => prepared(source).text?.replace(/\s+/g, ' ');

  test('is the client’s operation, in characters that its parser knows', () => {
    expect(textOf('"why" query A { mine: n(s: "\\uD83D\\uDE00 \\u{1F600}") }')).toBe('query A { mine: n(s: "😀 😀") }');
  });

  test('has no number that it would misread', () => {
    expect(() => prepared('{ n(i: 99999999999999999999) }')).toThrow('too large');
    expect(() => prepared('{ n(f: 1e400) }')).toThrow('too large');
    expect(textOf('{ n(f: 1e300) }')).toBe('{ n(f: 1e300) }');
  });

  test('is null when every root field is left out, whatever the variables', () => {
    expect(textOf('{ n @skip(if: true) ... @include(if: false) { n } }')).toBeUndefined();
  });

  test('has neither conditions nor the fields that they leave out', () => {
    const source = `query ($a: Boolean!, $b: Boolean!) {
      n @skip(if: $a) node @include(if: $a) { id @skip(if: $b) ...F @include(if: $a) }
    } fragment F on Node { name @skip(if: $b) }`;
    const variables = '($a: Boolean!, $b: Boolean!)';
    expect([false, true].map((a) => prepared(source, { a, b: !a }).text?.replace(/\s+/g, ' '))).toEqual([
      `query ${variables} { n } fragment F on Node { __typename }`,
      `query ${variables} { node { id ...F } } fragment F on Node { name }`,
    ]);
    expect(prepared('query ($b: Boolean!) { node { id @skip(if: $b) } }', { b: true }).text).toContain('__typename');
  });

  test('has other aliases for those that collide with a field’s name, the planner’s or an inherited one', () => {
    expect(textOf('{ node { id: name _e0: id toString: id mine: id } }')).toBe(
      '{ node { _client_0: name _client_1: id _client_2: id mine: id } }',
    );
  });

  test('has an alias for each thing that one name asks of different types, and none where it asks the same', () => {
    expect(textOf('{ node { ... on A { n(i: 1) id } ... on B { n(i: 2) id } ... on C { n(i: 1) n: name } } }')).toBe(
      '{ node { ... on A { _client_0: n(i: 1) id } ... on B { _client_1: n(i: 2) id } ... on C { _client_0: n(i: 1) _client_2: name } } }',
    );
  });

  test('has no introspection, and is null when no subgraph is needed', () => {
    expect(textOf('{ ...F } fragment F on Query { __schema { queryType { name } } n }')).toMatch(
      /^\{ \.\.\. on Query \{ n \} \}/,
    );
    expect(prepared('{ __typename __schema { queryType { name } } }').text).toBeNull();
  });
});
