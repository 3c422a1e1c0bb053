import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { InMemoryFederation } from '../../../test/engine/in-memory-federation.ts';
import { planHere } from '../../../test/engine/planning-here.ts';
import { type Entrant, entrantUntil } from '../../waiting-operations.ts';
import { apiSchemaOf } from '../prepare/api-schema.ts';
import { Operation } from '../prepare/operation.ts';
import { operationOf } from '../prepare/selections.ts';
import { Types } from '../prepare/types.ts';
import { MAX_PLANNING, PlanCache, REMEMBERED_CHARACTERS } from './plan.ts';
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
  return cache.plan({ document: parse(source), source, name, conditions }, entrant('a'), prepare);
}

function entrant(caller: string, { isUrgent = false, gone = new AbortController() } = {}): Entrant {
  return entrantUntil(gone.signal, { caller, isUrgent });
}

const codeOf = (fault: unknown) => (fault as { extensions?: { code?: unknown } }).extensions?.code;

/** Asks for operations that are not planned yet, and notes in which order they get their plans. */
class Asking {
  readonly order: string[] = [];
  readonly #cache: PlanCache;
  #asked = 0;

  constructor(cache: PlanCache) {
    this.#cache = cache;
  }

  async ask(name: string, by: Entrant): Promise<unknown> {
    const source = `{ a${this.#asked++}: n }`;
    const request = { document: parse(source), source, name: null, conditions: '' };
    try {
      await this.#cache.plan(request, by, () => prepared(source));
      this.order.push(name);
      return 'planned';
    } catch (fault) {
      return codeOf(fault);
    }
  }

  flood(caller: string, count: number): Promise<unknown>[] {
    return Array.from({ length: count }, (_, index) => this.ask(`${caller}${index}`, entrant(caller)));
  }
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

  test('plans few at once and refuses a flood of one caller’s, while known ones are answered', async () => {
    const planner = new CountingPlanner(supergraph);
    const cache = new PlanCache(planner);
    await planOf(cache, '{ n }', null, '', () => prepared('{ n }'));
    const flood = new Asking(cache).flood('a', 200 + MAX_PLANNING + 5);
    expect(planOf(cache, '{ n }', null, '', () => prepared('{ n }'))).not.toBeInstanceOf(Promise);
    const refused = (await Promise.all(flood)).filter((outcome) => outcome !== 'planned');
    // Five, and one more while the planner still rests from the known one.
    expect([5, 6]).toContain(refused.length);
    expect(new Set(refused)).toEqual(new Set(['RATE_LIMITED']));
    expect(planner.most).toBe(MAX_PLANNING);
  });

  test('plans by caller in turn: a flood of one caller’s variants holds up nobody, and refuses no withdrawal', async () => {
    const asking = new Asking(new PlanCache(planHere(supergraph)));
    const flood = asking.flood('a', 250);
    const others = [
      asking.ask('reading', entrant('b')),
      asking.ask('withdrawal', entrant('b', { isUrgent: true })),
      asking.ask('own withdrawal', entrant('a', { isUrgent: true })),
    ];
    expect(await Promise.all(others)).toEqual(['planned', 'planned', 'planned']);
    expect(asking.order.slice(0, 5)).toEqual(['a0', 'a1', 'reading', 'withdrawal', 'own withdrawal']);
    expect((await Promise.all(flood)).filter((outcome) => outcome === 'RATE_LIMITED')).toHaveLength(49);
  });

  test('does not plan what a client gave up, and its place is free at once', async () => {
    const planner = new CountingPlanner(supergraph);
    const asking = new Asking(new PlanCache(planner));
    const first = asking.ask('first', entrant('a'));
    const gone = new AbortController();
    const given = Array.from({ length: 200 }, () => asking.ask('given up', entrant('a', { gone })));
    gone.abort();
    expect(new Set(await Promise.all(given))).toEqual(new Set(['DEADLINE_EXCEEDED']));
    expect(await asking.ask('late', entrant('a', { gone }))).toBe('DEADLINE_EXCEEDED');
    expect(await Promise.all([first, asking.ask('next', entrant('a'))])).toEqual(['planned', 'planned']);
    expect(planner.asked).toHaveLength(2);
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
