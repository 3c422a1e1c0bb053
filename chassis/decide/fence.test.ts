import { beforeAll, describe, expect, test } from '@jest/globals';
import { type ExecutionResult, graphql } from 'graphql';
import { FENCE_MS, FENCED_LIMIT_MS } from '../../schema/deadline.ts';
import { HubError } from '../../schema/errors.ts';
import { CASEWORKER, exampleContext, exampleSchema, UnboundRelease } from '../../test/chassis/example-schema.ts';
import { guard } from './guard.ts';
import { Labels } from './labels.ts';

/** The time of each mutation's commit, on the monotonic clock; a mutation that is absent never ran. */
const committedAt = new Map<string, number>();
/** The limits that a response had when its change was committed. */
const limitsAtCommit = new Map<string, number[]>();

const releases = new Map(
  ['end', 'endSlowly', 'endAtOnce', 'endNothing', 'conflict', 'fail', 'deny', 'plain'].map(
    (name) => [name, new UnboundRelease()] as const,
  ),
);

const commit = (name: string) => {
  limitsAtCommit.set(name, [...(releases.get(name)?.limits ?? [])]);
  committedAt.set(name, performance.now());
  return name;
};

/** Settles once everything that waits for no fence has answered. */
let othersAnswer = () => {};
const othersAnswered = new Promise<void>((resolve) => {
  othersAnswer = resolve;
});
const AT_ONCE = ['endAtOnce', 'endNothing', 'conflict', 'fail', 'deny', 'plain'];
/** Mutations whose assertion states that the gateway waits. */
const GATEWAY_WAITS = ['endAtOnce', 'conflict', 'fail', 'deny'];

const schema = exampleSchema(
  `
  type Query @open(reason: "An example.") { a: Int }
  type Mutation {
    end: String @fenced @restricted(roles: [CASEWORKER])
    endSlowly: String @fenced @restricted(roles: [CASEWORKER])
    endAtOnce: String @fenced @restricted(roles: [CASEWORKER])
    endNothing: String @fenced @restricted(roles: [CASEWORKER])
    conflict: String @fenced @restricted(roles: [CASEWORKER])
    fail: String @fenced @restricted(roles: [CASEWORKER])
    deny: String @fenced @restricted(roles: [COORDINATOR])
    plain: String @restricted(roles: [CASEWORKER])
  }
  `,
  {
    Mutation: {
      end: () => commit('end'),
      endSlowly: async () => {
        await othersAnswered;
        return commit('endSlowly');
      },
      endAtOnce: () => commit('endAtOnce'),
      endNothing: (_parent, _args, context) => {
        context.mayHaveEnded = false;
        return commit('endNothing');
      },
      conflict: () => {
        throw new HubError('CONFLICT', 'It has ended already.');
      },
      fail: () => {
        commit('fail');
        throw new Error('the commit failed');
      },
      deny: () => commit('deny'),
      plain: () => commit('plain'),
    },
  },
);
const labels = new Labels(schema);
guard(schema, labels);

/** The mutations whose answer the gateway must hold back. */
const awaited = new Set<string>();

/** Each mutation's answer and its time. All run at once, since a fence takes seconds. */
const answers = new Map<string, { at: number; result: ExecutionResult }>();

beforeAll(async () => {
  await Promise.all(
    [...releases].map(async ([name, response]) => {
      const gatewayWaits = GATEWAY_WAITS.includes(name);
      const contextValue = exampleContext(labels, { caller: CASEWORKER, response, gatewayWaits });
      const result = await graphql({ schema, source: `mutation { ${name} }`, contextValue });
      if (contextValue.awaitsFence) awaited.add(name);
      answers.set(name, { at: performance.now(), result });
      if (AT_ONCE.every((each) => answers.has(each))) othersAnswer();
    }),
  );
});

/** Milliseconds from the commit to the answer. */
const waited = (name: string) => (answers.get(name)?.at ?? Number.NaN) - (committedAt.get(name) ?? Number.NaN);

/** The answers that were there when a mutation's fence had passed; a mutation whose own fence began later is not among them. */
const answeredBefore = (name: string) => [...answers.keys()].slice(0, [...answers.keys()].indexOf(name));

describe('C14 a fenced mutation', () => {
  test('answers only after everything decided earlier is released or withheld', () => {
    expect(answers.get('end')?.result).toEqual({ data: { end: 'end' } });
    expect(waited('end')).toBeGreaterThanOrEqual(FENCE_MS);
  });

  test('counts from its commit, even if that took long', () => {
    expect(waited('endSlowly')).toBeGreaterThanOrEqual(FENCE_MS);
  });

  test('answers at once if its change found that it ended no permission, and makes nobody else wait', () => {
    expect(answers.get('endNothing')?.result).toEqual({ data: { endNothing: 'endNothing' } });
    expect(answeredBefore('end')).toContain('endNothing');
    expect(awaited.has('endNothing')).toBe(false);
  });

  test('gets its longer limit before it commits', () => {
    expect(limitsAtCommit.get('end')).toEqual([FENCED_LIMIT_MS]);
  });

  test('reports a failure at once', () => {
    expect(answers.get('fail')?.result.errors).toHaveLength(1);
    expect(answeredBefore('end')).toContain('fail');
  });

  test('commits nothing if it is denied, and keeps the limit of every response', () => {
    expect(answers.get('deny')?.result).toEqual({ data: { deny: null } });
    expect(committedAt.has('deny')).toBe(false);
    expect(releases.get('deny')?.limits).toEqual([]);
  });
});

describe('C14 where the assertion states that the gateway waits', () => {
  test('a fenced mutation answers at once, and the gateway learns that it must wait', () => {
    expect(answers.get('endAtOnce')?.result).toEqual({ data: { endAtOnce: 'endAtOnce' } });
    expect(answeredBefore('end')).toEqual(expect.arrayContaining(['endAtOnce', 'conflict']));
    expect(['endAtOnce', 'conflict', 'fail', 'deny'].filter((name) => awaited.has(name))).toEqual([
      'endAtOnce',
      'conflict',
    ]);
  });

  test('it still gets its longer limit before it commits', () => {
    expect(limitsAtCommit.get('endAtOnce')).toEqual([FENCED_LIMIT_MS]);
  });
});

test('lets a mutation that is not fenced answer at once, within the limit of every response', () => {
  expect(answers.get('plain')?.result).toEqual({ data: { plain: 'plain' } });
  expect(answeredBefore('end')).toContain('plain');
  expect(releases.get('plain')?.limits).toEqual([]);
});
