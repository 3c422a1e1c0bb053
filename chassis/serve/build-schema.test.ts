import { beforeEach, describe, expect, test } from '@jest/globals';
import { Max, MaxLength, ValidateNested } from 'class-validator';
import { type ExecutionResult, graphql } from 'graphql';
import { Arg, Directive, Field, FieldResolver, InputType, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Role } from '../../schema/caller.ts';
import { compose } from '../../schema/compose/compose.ts';
import { CASEWORKER, exampleContext, permit, youthId } from '../../test/chassis/example-schema.ts';
import { Decisions } from '../decide/decide.ts';
import type { ClassReference } from '../names.ts';
import { Youth, YouthResolver } from '../youth/youth.ts';
import { buildServedSchema } from './build-schema.ts';

const [anna, bo] = [youthId(1), 'abcdef00-0000-4000-8000-00000000000a'];

/** The inputs that resolvers were given. */
let given: unknown[];
beforeEach(() => {
  given = [];
});

@InputType('GoalInput', { description: 'A goal.' })
class GoalInput {
  @MaxLength(5, { message: 'text has at most 5 characters' })
  @Field(() => String, { description: 'What is to be reached.' })
  text!: string;
}

@InputType('NoteInput', { description: 'A note.' })
class NoteInput {
  @MaxLength(5, { message: 'text has at most 5 characters' })
  @Field(() => String, { description: 'The note.' })
  text!: string;

  @Max(9, { message: 'count is at most 9' })
  @Field(() => Int, { nullable: true, description: 'How many.' })
  count?: number;

  @ValidateNested()
  @Field(() => GoalInput, { nullable: true, description: 'The goal.' })
  goal?: GoalInput;

  @ValidateNested({ each: true })
  @Field(() => [GoalInput], { nullable: true, description: 'More goals.' })
  goals?: GoalInput[];
}

@Resolver(() => Youth)
class Reads {
  @Directive('@consent(category: "police.nickname")')
  @Directive('@words(reason: "An example.")')
  @FieldResolver(() => String, { nullable: true, description: 'A nickname.' })
  nickname(@Root() youth: Youth): string | null {
    given.push({ ...youth });
    const forged: unknown = Reflect.get(youth, 'nickname');
    return typeof forged === 'string' ? forged : null;
  }
}

@Resolver()
class Writes {
  @Directive('@restricted(roles: [CASEWORKER, MENTOR])')
  @Directive('@unfenced(reason: "It ends no permission.")')
  @Mutation(() => Int, { nullable: true, description: 'Notes.' })
  note(@Arg('input', () => NoteInput) input: NoteInput): number {
    given.push({ ...input });
    return 1;
  }
}

@Resolver()
class Unlabelled {
  @Query(() => Int, { description: 'No label.' })
  unlabelled(): number {
    return 1;
  }
}

const build = (...resolvers: ClassReference[]) =>
  buildServedSchema({
    name: 'police',
    categories: [
      {
        code: 'police.nickname',
        nameSv: 'Smeknamn',
        nameEn: 'Nickname',
        secrecy: 'OSL 35 kap. 1 §',
        retention: 'P1Y',
      },
    ],
    resolvers,
    entities: [],
    migrations: { tables: [], functions: [] },
  });
const served = await build(Reads, Writes);
const nickname = { category: 'police.nickname', whereabouts: false };

function ask(source: string, variables: Record<string, unknown> = {}, roles: readonly Role[] = ['CASEWORKER']) {
  const decisions = new Decisions(
    [anna, bo].map((youth) => permit(youth, 'police:nationell', nickname)),
    served.labels,
  );
  const contextValue = exampleContext(served.labels, { decisions, caller: { ...CASEWORKER, roles } });
  return graphql({ schema: served.schema, source, variableValues: variables, contextValue });
}

const faults = ({ errors }: ExecutionResult) => errors?.map(({ message, extensions }) => ({ message, ...extensions }));
const note = (input: object) => ask('mutation ($input: NoteInput!) { note(input: $input) }', { input });

@Resolver()
class Later {
  @Directive('@open(reason: "A number.")')
  @Query(() => Int, { description: 'Later.' })
  later(
    @Arg('filter', () => Int, { description: 'A filter.' }) filter: number,
    @Arg('first', () => Int, { description: 'A number.' }) first: number,
    @Arg('after', () => Int, { description: 'A cursor.' }) after: number,
  ): number {
    return filter + first + after;
  }
}

@Resolver()
class Earlier {
  @Directive('@open(reason: "A number.")')
  @Query(() => Int, { description: 'Earlier.' })
  earlier(): number {
    return 1;
  }

  @Directive('@restricted(roles: [MANAGER])')
  @Directive('@fenced')
  @Mutation(() => Int, { nullable: true, description: 'Avslutar något.\n\nEnds something.' })
  ends(): number {
    return 1;
  }
}

@Resolver()
class Undescribed {
  @Directive('@restricted(roles: [MANAGER])')
  @Directive('@fenced')
  @Mutation(() => Int, { nullable: true })
  silent(): number {
    return 1;
  }
}

describe('the printed schema', () => {
  test('has root fields in the order of the resolvers, not of their declaration', async () => {
    const names = async (...resolvers: ClassReference[]) => {
      const { schema } = await build(Reads, ...resolvers);
      return Object.keys(schema.getQueryType()?.getFields() ?? {}).filter((name) => !name.startsWith('_'));
    };
    expect(await names(Earlier, Later)).toEqual(['youth', 'earlier', 'later']);
    expect(await names(Later, Earlier)).toEqual(['youth', 'later', 'earlier']);
    expect(await names(Later, YouthResolver, Earlier)).toEqual(['later', 'youth', 'earlier']);
  });

  test('has arguments as they are written', async () => {
    const { schema } = await build(Reads, Later);
    expect(
      schema
        .getQueryType()
        ?.getFields()
        .later?.args.map(({ name }) => name),
    ).toEqual(['filter', 'first', 'after']);
  });

  test('leaves an undescribed fenced mutation without a description, so that the composer refuses it', async () => {
    const { schema } = await build(Reads, Undescribed);
    expect(schema.getMutationType()?.getFields().silent?.description).toBeUndefined();
  });

  test('adds the cost of the fence to the description of a fenced mutation alone', async () => {
    const { schema } = await build(Reads, Writes, Earlier);
    const fields = schema.getMutationType()?.getFields();
    expect(fields?.ends?.description).toBe(
      'Avslutar något.\n\nEnds something.\n\nTakes up to about 4 s, and stands alone in its operation.',
    );
    expect(fields?.note?.description).toBe('Notes.');
  });
});

describe('an input at fault', () => {
  test('is BAD_USER_INPUT with the field’s path, and nothing runs', async () => {
    expect(faults(await note({ text: 'canary' }))).toEqual([
      { message: 'text has at most 5 characters.', code: 'BAD_USER_INPUT', field: 'input.text' },
    ]);
    expect(faults(await note({ text: 'a', count: 10 }))).toEqual([
      { message: 'count is at most 9.', code: 'BAD_USER_INPUT', field: 'input.count' },
    ]);
    expect(given).toEqual([]);
  });

  test('has the whole path of a nested field, list index included', async () => {
    const fault = { message: 'text has at most 5 characters.', code: 'BAD_USER_INPUT' };

    expect(faults(await note({ text: 'a', goal: { text: 'canary' } }))).toEqual([
      { ...fault, field: 'input.goal.text' },
    ]);
    expect(faults(await note({ text: 'a', goals: [{ text: 'b' }, { text: 'canary' }] }))).toEqual([
      { ...fault, field: 'input.goals.1.text' },
    ]);
    expect(given).toEqual([]);
  });

  test('does not count as wrong because an optional field is left out or null', async () => {
    expect(faults(await note({ text: 'a' }))).toBeUndefined();
    expect(faults(await note({ text: 'b', count: null, goal: null, goals: null }))).toBeUndefined();
    expect(given).toEqual([{ text: 'a' }, { text: 'b', count: null, goal: null, goals: null }]);
  });
});

describe('a representation', () => {
  const entities = (representations: unknown) =>
    ask('query ($r: [_Any!]!) { _entities(representations: $r) { ... on Youth { id nickname } } }', {
      r: representations,
    });

  test('gives its key and nothing else: forged fields do not come back', async () => {
    const forged = { __typename: 'Youth', id: anna, nickname: 'canary-forged', agency: 'school:skovde' };
    const result = await entities([forged, { __typename: 'Youth', id: bo.toUpperCase() }]);

    expect(JSON.parse(JSON.stringify(result))).toEqual({
      data: {
        _entities: [
          { id: anna, nickname: null },
          { id: bo, nickname: null },
        ],
      },
    });
    expect(given).toEqual([{ id: anna }, { id: bo }]);
  });

  test.each([7, 'canary', null, undefined])('is BAD_USER_INPUT with the malformed id %p', async (id) => {
    const result = await entities([
      { __typename: 'Youth', id: anna },
      { __typename: 'Youth', id },
    ]);

    expect(result.data).toBeNull();
    expect(faults(result)).toEqual([
      { message: expect.not.stringContaining('canary'), code: 'BAD_USER_INPUT', field: 'id' },
    ]);
    expect(given).toEqual([]);
  });
});

describe('youth(id)', () => {
  test('is a bare reference for every well-formed id', async () => {
    const result = await ask(`{ anna: youth(id: "${anna}") { id } bo: youth(id: "${bo.toUpperCase()}") { id } }`);

    expect(JSON.parse(JSON.stringify(result))).toEqual({ data: { anna: { id: anna }, bo: { id: bo } } });
  });

  test('is BAD_USER_INPUT for any other, without repeating it', async () => {
    const result = await ask('{ youth(id: "canary") { id } }');

    expect(faults(result)).toEqual([
      { message: expect.not.stringContaining('canary'), code: 'BAD_USER_INPUT', field: 'id' },
    ]);
  });
});

describe('the served schema', () => {
  test('C15 is always guarded', async () => {
    expect((await ask('mutation { note(input: { text: "a" }) }', {}, ['AUDITOR'])).data).toEqual({ note: null });
    expect((await ask(`{ youth(id: "${youthId(3)}") { nickname } }`)).data?.youth).toEqual({ nickname: null });
    expect(given).toEqual([]);
  });

  test('C2 does not build with a field that has no label', async () => {
    await expect(build(Unlabelled)).rejects.toThrow('Query.unlabelled carries no label');
  });

  test('composes, with its labels and categories', () => {
    const { supergraph } = compose([{ name: 'police', sdl: served.sdl }]);

    expect(supergraph).toContain('@restricted(roles: [CASEWORKER, MENTOR])');
    expect(supergraph).toContain('@consent(category: "police.nickname")');
    expect(supergraph).toMatch(/@category\(\s*code: "police.nickname",?\s+nameSv: "Smeknamn"/);
  });
});
