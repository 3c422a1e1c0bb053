import { IsOptional, IsUUID, MaxLength, MinLength } from 'class-validator';
import { type GraphQLResolveInfo, getNamedType, isInputObjectType } from 'graphql';
import { Arg, Ctx, Directive, Field, ID, Info, InputType, Mutation, Resolver } from 'type-graphql';
import type { Role } from '../../schema/caller.ts';
import { IdempotencyKey, KeyedInput, VersionRead } from '../change/keyed-change.ts';
import type { WriteReceipt } from '../change/receipt.ts';
import type { HubContext } from '../decide/context.ts';
import { type ClassReference, capitalised } from '../names.ts';
import { readingField } from './read.ts';
import type { Making, RecordKind } from './record-kind.ts';
import { correct, record, withdraw } from './write.ts';

/** Who may write: the owning agency's staff and systems. */
const WRITERS: readonly Role[] = ['COORDINATOR', 'MENTOR', 'CASEWORKER', 'SYSTEM'];

/** The resolvers that every kind of record has: the field on Youth, what makes a record, correct and withdraw. */
export function recordResolvers(kind: RecordKind, receipt: new () => WriteReceipt): ClassReference[] {
  const writes = [
    ...makingsOf(kind).map((making) => makingMutation(kind, making, receipt)),
    correctMutation(kind, receipt),
    withdrawMutation(kind, receipt),
  ];
  return kind.youthField === undefined ? writes : [readingField(kind, kind.youthField), ...writes];
}

/** The label that lets the writers of a kind through. */
export function writersOf({ writers = WRITERS }: RecordKind): string {
  return `@restricted(roles: [${writers.join(', ')}])`;
}

function makingsOf(kind: RecordKind): readonly Making[] {
  const { name, what, input } = kind;
  return kind.makings ?? [{ mutation: `record${name}`, does: `Records ${what}.`, input }];
}

function makingMutation(kind: RecordKind, making: Making, receipt: new () => WriteReceipt): ClassReference {
  const { mutation, does, input: fields } = making;
  @InputType(`${capitalised(mutation)}Input`, { description: `What to record: ${kind.what}.` })
  class MakingInput extends fields {
    @IsUUID()
    @Field(() => ID, { description: 'The youth (UUID) that it is about; your agency must have a link to the youth.' })
    youthId!: string;

    @IsOptional()
    @MinLength(1)
    @MaxLength(200)
    @Field(() => String, {
      nullable: true,
      description:
        'For systems: your system’s own id of the record, 1 to 200 characters. Recording the same id again changes the record instead of adding one.',
    })
    sourceId?: string;

    @Field(() => Boolean, {
      defaultValue: false,
      description: 'Is the free text cleared of other persons (C10)? Without the mark it does not leave your agency.',
    })
    textCleared!: boolean;

    @IdempotencyKey()
    idempotencyKey?: string | null;
  }

  @Resolver()
  class Makes {
    @Directive(writersOf(kind))
    @Directive('@unfenced(reason: "It ends no permission.")')
    @Mutation(() => receipt, {
      name: mutation,
      nullable: true,
      description: `${does} FORBIDDEN when you may not write about the youth; BAD_USER_INPUT with the field at fault.`,
    })
    [mutation](
      @Arg('input', () => MakingInput) input: MakingInput,
      @Ctx() context: HubContext,
      @Info() info: GraphQLResolveInfo,
    ): Promise<WriteReceipt> {
      const { youthId, sourceId, textCleared, idempotencyKey, ...own } = whole(input, info);
      const given = { youthId, sourceId: sourceId ?? null, textCleared, idempotencyKey };
      return record(kind, making, given, own, context);
    }
  }
  return Makes;
}

function correctMutation(kind: RecordKind, receipt: new () => WriteReceipt): ClassReference {
  const mutation = `correct${kind.name}`;

  @InputType(`Correct${kind.name}Input`, { description: `The whole record as it should read: ${kind.what}.` })
  class CorrectInput extends kind.input {
    @IdempotencyKey()
    idempotencyKey?: string | null;

    @IsUUID()
    @Field(() => ID, { description: 'The record (UUID).' })
    id!: string;

    @VersionRead()
    version?: number | null;
  }

  @Resolver()
  class Corrects {
    @Directive(writersOf(kind))
    @Directive('@unfenced(reason: "It replaces a record, it ends no permission.")')
    @Mutation(() => receipt, {
      name: mutation,
      nullable: true,
      description: `Corrects ${kind.what}: replaces all its fields. A changed free text loses its mark. FORBIDDEN, the same whether the record exists or not, when you may not.`,
    })
    [mutation](
      @Arg('input', () => CorrectInput) input: CorrectInput,
      @Ctx() context: HubContext,
      @Info() info: GraphQLResolveInfo,
    ): Promise<WriteReceipt> {
      const { id, version, idempotencyKey, ...fields } = whole(input, info);
      return correct(kind, { id, version, idempotencyKey }, fields, context);
    }
  }
  return Corrects;
}

/** The input with every field of its type: one that was left out is null, so that a correction empties it. */
function whole<Input extends object>(input: Input, { parentType, fieldName }: GraphQLResolveInfo): Input {
  const type = getNamedType(parentType.getFields()[fieldName]?.args[0]?.type);
  if (!isInputObjectType(type)) throw new TypeError(`${fieldName} takes one argument, an input.`);
  return { ...Object.fromEntries(Object.keys(type.getFields()).map((name) => [name, null])), ...input };
}

function withdrawMutation(kind: RecordKind, receipt: new () => WriteReceipt): ClassReference {
  const mutation = `withdraw${kind.name}`;

  @InputType(`Withdraw${kind.name}Input`, { description: `Which record was made by mistake: ${kind.what}.` })
  class WithdrawInput extends KeyedInput {
    @IsUUID()
    @Field(() => ID, { description: 'The record (UUID).' })
    id!: string;

    @VersionRead()
    version?: number | null;
  }

  @Resolver()
  class Withdraws {
    @Directive(writersOf(kind))
    @Directive('@unfenced(reason: "It withdraws a record, no permission.")')
    @Mutation(() => receipt, {
      name: mutation,
      nullable: true,
      description: `Withdraws ${kind.what} that was recorded by mistake: it is kept, and read by nobody. FORBIDDEN, the same whether the record exists or not, when you may not.`,
    })
    [mutation](
      @Arg('input', () => WithdrawInput) input: WithdrawInput,
      @Ctx() context: HubContext,
    ): Promise<WriteReceipt> {
      return withdraw(kind, input, context);
    }
  }
  return Withdraws;
}
