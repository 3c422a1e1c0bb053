import { beforeEach, describe, expect, test } from '@jest/globals';
import { type ExecutionResult, graphql } from 'graphql';
import type { Role } from '../../schema/caller.ts';
import { CONSTANT_MESSAGES, HubError } from '../../schema/errors.ts';
import { CASEWORKER, exampleContext, exampleSchema, youthId } from '../../test/chassis/example-schema.ts';
import type { HubContext } from './context.ts';
import { guard } from './guard.ts';
import { Labels } from './labels.ts';
import type { Entrances, MatterOf, RefusedByRole } from './membership.ts';

const anna = youthId(1);

/** The resolvers that ran. Each is a tripwire: a resolver that ran has read. */
let ran: string[];
beforeEach(() => {
  ran = [];
});

const reads = (name: string, value: unknown) => () => {
  ran.push(name);
  return value;
};

const schema = exampleSchema(
  `
  type Query {
    youth(id: ID!): Youth @open(reason: "An example.")
    group(id: ID!): Group @restricted(relation: MEMBER)
    consent(id: ID!): Group @restricted(roles: [COORDINATOR], relation: MEMBER)
    report(youthId: ID!): String @restricted(roles: [AUDITOR])
  }
  type Group @restricted(relation: MEMBER) { name: String }
  type Youth @key(fields: "id") {
    id: ID @open(reason: "An example.")
    groups: [Group] @restricted(relation: MEMBER)
  }
  `,
  {
    Query: {
      youth: (_: unknown, { id }: { id: string }) => ({ id }),
      group: reads('group', { groupId: 'g1' }),
      consent: reads('consent', { groupId: 'g1' }),
      report: reads('report', 'canary-report'),
    },
    Group: { name: reads('name', 'canary-name') },
    Youth: { groups: reads('groups', [{ groupId: 'g1' }, { groupId: 'g2' }]) },
  },
);
const labels = new Labels(schema);
const ENTRANCES: Entrances = {
  group: { kind: 'group', argument: 'id' },
  consent: { kind: 'consent', argument: 'id' },
};
guard(schema, labels, ENTRANCES);

async function ask(source: string, context: HubContext): Promise<ExecutionResult['data']> {
  const { data, errors } = await graphql({ schema, source, contextValue: context });
  expect(errors).toBeUndefined();
  return JSON.parse(JSON.stringify(data));
}

const forbidden = (...path: (string | number)[]) => ({
  message: CONSTANT_MESSAGES.FORBIDDEN,
  path,
  extensions: { code: 'FORBIDDEN' },
});

describe('@restricted by membership', () => {
  /** Decides that the caller is a member of these groups; a youth’s groups may be entered. */
  function member(
    groups: readonly string[],
    asked: MatterOf[] = [],
    roles: readonly Role[] = ['CASEWORKER'],
    refused: RefusedByRole[] = [],
  ) {
    const memberships = {
      decide: async (matter: MatterOf) => {
        asked.push(matter);
        return groups.length > 0;
      },
      includes: (groupId: string) => groups.includes(groupId),
      noteRefusal: async (attempt: RefusedByRole) => {
        refused.push(attempt);
      },
    };
    return exampleContext(labels, { memberships, caller: { ...CASEWORKER, roles } });
  }

  test('is decided before anything is read', async () => {
    const asked: MatterOf[] = [];
    const context = member([], asked);

    expect(await ask('{ group(id: "g1") { name } }', context)).toEqual({ group: null });
    expect(asked).toEqual([{ kind: 'group', id: 'g1' }]);
    expect(context.errors).toEqual([forbidden('group')]);
    expect(ran).toEqual([]);
  });

  test('opens the matter to a member', async () => {
    const context = member(['g1']);

    expect(await ask('{ group(id: "g1") { name } }', context)).toEqual({ group: { name: 'canary-name' } });
    expect(context.errors).toEqual([]);
  });

  test('opens only the groups that the caller was found to be a member of', async () => {
    const asked: MatterOf[] = [];
    const context = member(['g2'], asked);

    expect(await ask(`{ youth(id: "${anna}") { groups { name } } }`, context)).toEqual({
      youth: { groups: [{ name: null }, { name: 'canary-name' }] },
    });
    expect(asked).toEqual([{ kind: 'youth', id: anna }]);
    expect(context.errors).toEqual([forbidden('youth', 'groups', 0, 'name')]);
    expect(ran).toEqual(['groups', 'name']);
  });

  test('takes the role too', async () => {
    const context = member(['g1']);

    expect(await ask('{ consent(id: "c1") { name } }', context)).toEqual({ consent: null });
    expect(context.errors).toEqual([forbidden('consent')]);
    expect(ran).toEqual([]);
    expect(await ask('{ consent(id: "c1") { name } }', member(['g1'], [], ['COORDINATOR']))).toEqual({
      consent: { name: 'canary-name' },
    });
  });

  test('notes who lacks the role for a field about a youth, before the denial', async () => {
    const refused: RefusedByRole[] = [];
    const context = member([], [], ['CASEWORKER'], refused);

    expect(await ask(`{ report(youthId: "${anna}") }`, context)).toEqual({ report: null });
    expect(refused).toEqual([{ kind: 'READ', name: 'report', youthId: anna }]);
    expect(context.errors).toEqual([forbidden('report')]);
    expect(await ask('{ report(youthId: "no id") }', context)).toEqual({ report: null });
    expect(refused).toHaveLength(1);
    expect(ran).toEqual([]);
  });

  test('denies if nothing in the request can decide it', async () => {
    const context = exampleContext(labels);

    expect(await ask('{ group(id: "g1") { name } }', context)).toEqual({ group: null });
    expect(context.errors).toEqual([forbidden('group')]);
    expect(ran).toEqual([]);
  });

  test('C13 says LOG_UNAVAILABLE when the decision could not be logged', async () => {
    const memberships = {
      decide: () => Promise.reject(new Error('no log')),
      includes: () => true,
      noteRefusal: () => Promise.reject(new Error('no log')),
    };
    const context = exampleContext(labels, { memberships });
    const unavailable = (path: string) => ({
      message: CONSTANT_MESSAGES.LOG_UNAVAILABLE,
      path: [path],
      extensions: { code: 'LOG_UNAVAILABLE' },
    });

    expect(await ask(`{ group(id: "g1") { name } report(youthId: "${anna}") }`, context)).toEqual({
      group: null,
      report: null,
    });
    expect(context.errors).toEqual(expect.arrayContaining(['group', 'report'].map(unavailable)));
    expect(ran).toEqual([]);
  });

  test.each([`group(id: "g1") { name }`, `report(youthId: "${anna}")`])(
    'says that a budget is spent: %s',
    async (field) => {
      const spent = () => Promise.reject(new HubError('RATE_LIMITED', 'Ask later.'));
      const memberships = { decide: spent, includes: () => true, noteRefusal: spent };
      const context = exampleContext(labels, { memberships });
      const { errors = [] } = await graphql({ schema, source: `{ ${field} }`, contextValue: context });

      expect([...errors, ...context.errors].map(({ extensions }) => extensions?.code)).toEqual(['RATE_LIMITED']);
      expect(ran).toEqual([]);
    },
  );

  test('asks about the matter that the declared argument names', async () => {
    const asked: MatterOf[] = [];

    await ask('{ consent(id: "c1") { name } }', member([], asked, ['COORDINATOR']));
    expect(asked).toEqual([{ kind: 'consent', id: 'c1' }]);
  });

  const other = (entrances?: Entrances) => () => {
    const built = exampleSchema('type Query { matters(id: ID!): String @restricted(relation: MEMBER) }');
    return guard(built, new Labels(built), entrances);
  };

  test('cannot stand on a field of Query without a declared entrance; the fault names the declared ones', () => {
    expect(other(ENTRANCES)).toThrow(
      'Query.matters is restricted to members and has no entrance. Declare one that names one of its arguments. The subgraph declares group(id), consent(id).',
    );
    expect(other()).toThrow('The subgraph declares none.');
  });

  test('cannot stand on a field of Query whose entrance names no argument of the field', () => {
    expect(other({ matters: { kind: 'group', argument: 'groupId' } })).toThrow(
      'The subgraph declares matters(groupId).',
    );
    expect(other({ matters: { kind: 'group', argument: 'id' } })).not.toThrow();
  });
});
