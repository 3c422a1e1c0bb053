import { beforeEach, describe, expect, test } from '@jest/globals';
import { type ExecutionResult, graphql } from 'graphql';
import type { Role } from '../../schema/caller.ts';
import { CONSTANT_MESSAGES, DENIALS } from '../../schema/errors.ts';
import { CASEWORKER, exampleContext, exampleSchema, permit, youthId } from '../../test/chassis/example-schema.ts';
import type { Permit } from './authorize.ts';
import type { HubContext } from './context.ts';
import { Decisions } from './decide.ts';
import { guard, OfYouth, type Owned } from './guard.ts';
import { Labels } from './labels.ts';

const [anna, bo] = [youthId(1), youthId(2)];

/** The resolvers that ran. Each is a tripwire: a resolver that ran has read. */
let ran: string[];
beforeEach(() => {
  ran = [];
});

const reads =
  (name: string, value: unknown) =>
  (...[, , , info]: [unknown, unknown, HubContext, { path: { key: string | number } }]) => {
    ran.push(name);
    return typeof value === 'function' ? value(info) : value;
  };

const talk = (youth: string, agency: string): Owned => ({ youthId: youth, agency });

const schema = exampleSchema(
  `
  type Query {
    youth(id: ID!): Youth @open(reason: "An example.")
    secret: String @restricted(roles: [AUDITOR, MANAGER])
    narrowed: Narrowed @restricted(roles: [COORDINATOR, MANAGER])
  }
  type Narrowed @restricted(roles: [COORDINATOR]) {
    field: String
    both: String @restricted(roles: [MANAGER])
  }
  type Youth @key(fields: "id") {
    id: ID @open(reason: "An example.")
    talks: [Talk] @consent(category: "police.talk")
    joined: String @consent(category: "police.talk") @restricted(roles: [MENTOR])
  }
  type Talk @consent(category: "police.talk") {
    date: String
    place: String @consent(category: "police.talk", whereabouts: true)
    suspect: String @consent(category: "police.suspicion")
  }
  `,
  {
    Query: {
      youth: (_: unknown, { id }: { id: string }) => ({ id }),
      secret: reads('secret', 'canary-secret'),
      narrowed: reads('narrowed', {}),
    },
    Narrowed: { field: reads('field', 'canary-field'), both: reads('both', 'canary-both') },
    Youth: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      talks: reads('talks', () => [talk(anna, 'police:a'), talk(anna, 'police:b')]),
      joined: reads('joined', 'canary-joined'),
    },
    Talk: {
      date: reads('date', 'canary-date'),
      place: reads('place', 'canary-place'),
      suspect: reads('suspect', 'canary-suspect'),
    },
  },
);
const labels = new Labels(schema);
guard(schema, labels);

const kinds = {
  talk: { category: 'police.talk', whereabouts: false },
  place: { category: 'police.talk', whereabouts: true },
  suspicion: { category: 'police.suspicion', whereabouts: false },
};
const permitting = (...permits: Permit[]) => exampleContext(labels, { decisions: new Decisions(permits, labels) });
const withRoles = (...roles: Role[]) => exampleContext(labels, { caller: { ...CASEWORKER, roles } });

async function ask(source: string, context: HubContext): Promise<ExecutionResult['data']> {
  const { data, errors } = await graphql({ schema, source, contextValue: context });
  expect(errors).toBeUndefined();
  return JSON.parse(JSON.stringify(data));
}

const consentRequired = (path: (string | number)[], category: string) => ({
  message: DENIALS.own,
  path,
  extensions: { code: 'CONSENT_REQUIRED', category },
});
const forbidden = (...path: (string | number)[]) => ({
  message: CONSTANT_MESSAGES.FORBIDDEN,
  path,
  extensions: { code: 'FORBIDDEN' },
});

describe('@consent', () => {
  test('C12 denies what was not decided, with null and one constant error, and never runs the resolver', async () => {
    const context = permitting();

    expect(await ask(`{ youth(id: "${anna}") { id talks { date } } }`, context)).toEqual({
      youth: { id: anna, talks: null },
    });
    expect(context.errors).toEqual([consentRequired(['youth', 'talks'], 'police.talk')]);
    expect(ran).toEqual([]);
  });

  test('permits what was decided, without an error', async () => {
    const context = permitting(permit(anna, 'police:a', kinds.talk), permit(anna, 'police:b', kinds.talk));

    expect(await ask(`{ youth(id: "${anna}") { talks { date } } }`, context)).toEqual({
      youth: { talks: [{ date: 'canary-date' }, { date: 'canary-date' }] },
    });
    expect(context.errors).toEqual([]);
  });

  test('permits one youth and denies another in the same operation', async () => {
    const context = permitting(permit(anna, 'police:a', kinds.talk), permit(anna, 'police:b', kinds.talk));
    const source = `{ a: youth(id: "${anna}") { talks { date } } b: youth(id: "${bo}") { talks { date } } }`;

    expect(await ask(source, context)).toEqual({
      a: { talks: [{ date: 'canary-date' }, { date: 'canary-date' }] },
      b: { talks: null },
    });
    expect(context.errors).toEqual([consentRequired(['b', 'talks'], 'police.talk')]);
  });

  test('tests a field inside a record with that record’s agency', async () => {
    const context = permitting(permit(anna, 'police:a', kinds.talk));

    expect(await ask(`{ youth(id: "${anna}") { talks { date } } }`, context)).toEqual({
      youth: { talks: [{ date: 'canary-date' }, { date: null }] },
    });
    expect(context.errors).toEqual([consentRequired(['youth', 'talks', 1, 'date'], 'police.talk')]);
    expect(ran).toEqual(['talks', 'date']);
  });

  test('demands every label on the path, of the type and of the field, from one agency', async () => {
    const context = permitting(
      permit(anna, 'police:a', kinds.talk),
      permit(anna, 'police:a', kinds.suspicion),
      permit(anna, 'police:b', kinds.place),
    );

    expect(await ask(`{ youth(id: "${anna}") { talks { place suspect } } }`, context)).toEqual({
      youth: {
        talks: [
          { place: null, suspect: 'canary-suspect' },
          { place: null, suspect: null },
        ],
      },
    });
    expect(context.errors).toEqual([
      consentRequired(['youth', 'talks', 0, 'place'], 'police.talk'),
      consentRequired(['youth', 'talks', 1, 'place'], 'police.talk'),
      consentRequired(['youth', 'talks', 1, 'suspect'], 'police.suspicion'),
    ]);
    expect(ran).toEqual(['talks', 'suspect']);
  });

  test.each([
    ['the decision could not be logged', 'LOG_UNAVAILABLE'],
    ['the own database could not be reached', 'SUBGRAPH_UNAVAILABLE'],
  ] as const)('C13 says when %s: %s', async (_, code) => {
    const context = exampleContext(labels, { decisions: Decisions.without(code) });

    expect(await ask(`{ youth(id: "${anna}") { talks { date } } }`, context)).toEqual({ youth: { talks: null } });
    expect(context.errors).toEqual([
      {
        message: CONSTANT_MESSAGES[code],
        path: ['youth', 'talks'],
        extensions: { code },
      },
    ]);
    expect(ran).toEqual([]);
  });

  test('gives the error’s path with aliases and list indexes', async () => {
    const context = permitting(permit(anna, 'police:a', kinds.talk));
    const r = [bo, anna].map((id) => `{ __typename: "Youth", id: "${id}" }`).join();

    await ask(`{ them: _entities(representations: [${r}]) { ... on Youth { said: talks { when: date } } } }`, context);

    expect(context.errors).toEqual([
      consentRequired(['them', 0, 'said'], 'police.talk'),
      consentRequired(['them', 1, 'said', 1, 'when'], 'police.talk'),
    ]);
  });

  test('gives at most 1,000 errors', async () => {
    const context = permitting();
    const aliases = Array.from({ length: 1_001 }, (_, n) => `a${n}: talks { date }`).join(' ');

    const data = await ask(`{ youth(id: "${anna}") { ${aliases} } }`, context);

    expect(new Set(Object.values(Object(data?.youth)))).toEqual(new Set([null]));
    expect(context.errors).toHaveLength(1_000);
  });

  test('must permit together with @restricted on the same field', async () => {
    const source = `{ youth(id: "${anna}") { joined } }`;
    const decisions = new Decisions([permit(anna, 'police:a', kinds.talk)], labels);
    const mentor = { ...CASEWORKER, roles: ['MENTOR'] as const };
    const noRole = exampleContext(labels, { decisions });
    const noConsent = exampleContext(labels, { caller: mentor });

    expect(await ask(source, noRole)).toEqual({ youth: { joined: null } });
    expect(await ask(source, noConsent)).toEqual({ youth: { joined: null } });
    expect([...noRole.errors, ...noConsent.errors]).toEqual([
      forbidden('youth', 'joined'),
      consentRequired(['youth', 'joined'], 'police.talk'),
    ]);
    expect(ran).toEqual([]);
    expect(await ask(source, exampleContext(labels, { caller: mentor, decisions }))).toEqual({
      youth: { joined: 'canary-joined' },
    });
  });
});

describe('a value that stands for a youth', () => {
  class Frame extends OfYouth {
    readonly told = 'canary-told';
  }
  const frames = exampleSchema(
    `
    type Query { youth(id: ID!): Youth @open(reason: "An example.") }
    type Youth @key(fields: "id") {
      id: ID @open(reason: "An example.")
      frame: Frame @open(reason: "An example.")
      counterfeit: Frame @open(reason: "An example.")
    }
    type Frame { told: String @consent(category: "police.talk") }
    `,
    {
      Query: { youth: (_: unknown, { id }: { id: string }) => ({ id }) },
      Youth: {
        frame: ({ id }: { id: string }) => new Frame(id),
        counterfeit: ({ id }: { id: string }) => ({ youthId: id, told: 'canary-told' }),
      },
    },
  );
  const frameLabels = new Labels(frames);
  guard(frames, frameLabels);
  const asked = async (...permits: Permit[]) => {
    const contextValue = exampleContext(frameLabels, { decisions: new Decisions(permits, frameLabels) });
    const source = `{ youth(id: "${anna}") { frame { told } counterfeit { told } } }`;
    const { data } = await graphql({ schema: frames, source, contextValue });
    return { youth: JSON.parse(JSON.stringify(data?.youth)), errors: contextValue.errors.map(({ path }) => path) };
  };

  test('is permitted if a candidate is, unlike every other value without an agency', async () => {
    const counterfeit = { told: null };
    const denied = ['youth', 'counterfeit', 'told'];
    expect(await asked(permit(anna, 'police:b', kinds.talk))).toEqual({
      youth: { frame: { told: 'canary-told' }, counterfeit },
      errors: [denied],
    });
    expect(await asked(permit(bo, 'police:b', kinds.talk))).toEqual({
      youth: { frame: { told: null }, counterfeit },
      errors: [['youth', 'frame', 'told'], denied],
    });
  });
});

describe('@restricted by roles', () => {
  test('permits a caller with one of them', async () => {
    expect(await ask('{ secret }', withRoles('CASEWORKER', 'AUDITOR'))).toEqual({ secret: 'canary-secret' });
  });

  test('denies every other, and the resolver never runs', async () => {
    const context = withRoles('COORDINATOR', 'MENTOR', 'CASEWORKER', 'SYSTEM');

    expect(await ask('{ secret }', context)).toEqual({ secret: null });
    expect(context.errors).toEqual([forbidden('secret')]);
    expect(ran).toEqual([]);
  });

  test('demands a role of the type and a role of the field', async () => {
    const context = withRoles('COORDINATOR');

    expect(await ask('{ narrowed { field both } }', context)).toEqual({
      narrowed: { field: 'canary-field', both: null },
    });
    expect(context.errors).toEqual([forbidden('narrowed', 'both')]);
    expect(await ask('{ narrowed { field both } }', withRoles('COORDINATOR', 'MANAGER'))).toEqual({
      narrowed: { field: 'canary-field', both: 'canary-both' },
    });
    expect(await ask('{ narrowed { field both } }', withRoles('MANAGER'))).toEqual({
      narrowed: { field: null, both: null },
    });
  });
});
