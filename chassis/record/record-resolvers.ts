import { IsOptional, IsUUID, MaxLength, MinLength } from 'class-validator';
import { type GraphQLResolveInfo, getNamedType, isInputObjectType } from 'graphql';
import { Arg, Ctx, Directive, Field, ID, Info, InputType, Mutation, Resolver } from 'type-graphql';
import type { Role } from '../../schema/caller.ts';
import { IdempotencyKey, KeyedInput, VersionRead } from '../change/keyed-change.ts';
import type { WriteReceipt } from '../change/receipt.ts';
import type { HubContext } from '../decide/context.ts';
import { mutationText } from '../mutation-text.ts';
import { type ClassReference, capitalised } from '../names.ts';
import { readingField } from './read.ts';
import type { Making, RecordKind } from './record-kind.ts';
import { NamesNoPlace, TextCleared } from './text-marks.ts';
import { correct, record, withdraw } from './write.ts';

/** The roles that may write: the owning agency's staff and systems. */
const WRITERS: readonly Role[] = ['COORDINATOR', 'MENTOR', 'CASEWORKER', 'SYSTEM'];

/**
 * The resolvers of every kind of record: the field on Youth, and the mutations that make, correct and withdraw a record. The fields
 * that the kind declares as prose and as places get the directives that say so.
 */
export function recordResolvers(kind: RecordKind, receipt: new () => WriteReceipt): ClassReference[] {
  for (const name of kind.freeText ?? []) Directive('@prose')(kind.type.prototype as object, name);
  for (const name of kind.places ?? []) Directive('@place')(kind.type.prototype as object, name);
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

/** The writers in words, for example "coordinators, mentors and systems". */
function writerNames({ writers = WRITERS }: RecordKind): string {
  return new Intl.ListFormat('en-GB').format(writers.map((role) => `${role.toLowerCase()}s`));
}

const WRITING_TAKES = 'A person needs an informed seat in an open group of the youth, or an assignment to the youth.';

function makingsOf(kind: RecordKind): readonly Making[] {
  const { name, what, whatSv, input } = kind;
  return (
    kind.makings ?? [{ mutation: `record${name}`, does: `Records ${what}.`, doesSv: `Registrerar ${whatSv}.`, input }]
  );
}

function makingMutation(kind: RecordKind, making: Making, receipt: new () => WriteReceipt): ClassReference {
  const { mutation, does, doesSv, input: fields } = making;
  @InputType(`${capitalised(mutation)}Input`, { description: `The fields of a record: ${kind.what}.` })
  class MakingInput extends fields {
    @IsUUID()
    @Field(() => ID, {
      description: 'The youth (UUID) that the record is about. Your agency must have linked the youth.',
    })
    youthId!: string;

    @IsOptional()
    @MinLength(1)
    @MaxLength(200)
    @Field(() => String, {
      nullable: true,
      description:
        'For systems: your system’s own id of the record, 1 to 200 characters. If you record the same id again, it changes the record instead of adding one. Equal content changes nothing, so that what staff did in the meantime stands.',
    })
    sourceId?: string;

    @IsOptional()
    @Field(() => Boolean, {
      nullable: true,
      description:
        'For systems, with `sourceId`: true brings a withdrawn record back with the content that you send. Without it a withdrawn record stays withdrawn.',
    })
    revive?: boolean | null;

    @TextCleared(kind)
    textCleared!: boolean;

    @NamesNoPlace(kind)
    namesNoPlace?: boolean | null;

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
      description: mutationText(
        doesSv,
        `${does} For ${writerNames(kind)} of the agency. ${WRITING_TAKES} Everyone else gets FORBIDDEN. Link the youth first. It needs an idempotencyKey or, from a system, a sourceId: a repeat would record it twice. BAD_USER_INPUT names the field at fault.`,
      ),
    })
    [mutation](
      @Arg('input', () => MakingInput) input: MakingInput,
      @Ctx() context: HubContext,
      @Info() info: GraphQLResolveInfo,
    ): Promise<WriteReceipt> {
      const { youthId, sourceId, textCleared, namesNoPlace, revive, idempotencyKey, ...own } = whole(input, info);
      const given = { youthId, sourceId: sourceId ?? null, textCleared, idempotencyKey };
      // Absent unless they are true, so that the key of an earlier input stays the key of the same input.
      const asked = { revive: revive === true ? revive : null, namesNoPlace: namesNoPlace === true ? true : null };
      return record(kind, making, { ...given, ...asked }, own, context);
    }
  }
  return Makes;
}

function correctMutation(kind: RecordKind, receipt: new () => WriteReceipt): ClassReference {
  const mutation = `correct${kind.name}`;

  @InputType(`Correct${kind.name}Input`, { description: `The whole corrected record: ${kind.what}.` })
  class CorrectInput extends kind.input {
    textCleared?: boolean;

    @NamesNoPlace(kind)
    namesNoPlace?: boolean | null;

    @IdempotencyKey()
    idempotencyKey?: string | null;

    @RecordId()
    id?: string | null;

    @SourceId()
    sourceId?: string | null;

    @VersionRead()
    version?: number | null;
  }

  if ((kind.freeText ?? []).length > 0) TextCleared(kind)(CorrectInput.prototype, 'textCleared');

  @Resolver()
  class Corrects {
    @Directive(writersOf(kind))
    @Directive('@unfenced(reason: "It replaces a record, it ends no permission.")')
    @Mutation(() => receipt, {
      name: mutation,
      nullable: true,
      description: mutationText(
        `Rättar ${kind.whatSv}.`,
        `Corrects ${kind.what}. The input replaces all fields: a field that you leave out becomes empty. A changed text has you as its author, and loses the marks that you do not give it. For ${writerNames(kind)} of the agency. ${WRITING_TAKES} Everyone else gets FORBIDDEN, whether or not the record exists.`,
      ),
    })
    [mutation](
      @Arg('input', () => CorrectInput) input: CorrectInput,
      @Ctx() context: HubContext,
      @Info() info: GraphQLResolveInfo,
    ): Promise<WriteReceipt> {
      const { id, sourceId, version, idempotencyKey, textCleared, namesNoPlace, ...fields } = whole(input, info);
      const given = { id, sourceId, version, idempotencyKey, textCleared, namesNoPlace };
      return correct(kind, given, fields, context);
    }
  }
  return Corrects;
}

/** An input's field `id`: the record that is changed. */
function RecordId(): (target: object, property: string) => void {
  return (target, property) => {
    IsOptional()(target, property);
    IsUUID()(target, property);
    const description = 'The record (UUID). Required unless `sourceId` names it.';
    Field(() => ID, { nullable: true, description })(target, property);
  };
}

/** An input's field `sourceId`: the record that is changed, by the key of the system that feeds it. */
function SourceId(): (target: object, property: string) => void {
  return (target, property) => {
    IsOptional()(target, property);
    MinLength(1)(target, property);
    MaxLength(200)(target, property);
    const description =
      'For systems, in place of `id`: your system’s own id of the record, 1 to 200 characters. The record is found whichever system of your agency fed it.';
    Field(() => String, { nullable: true, description })(target, property);
  };
}

/** The input with every field of its type. A field that was left out is null, so that a correction empties it. */
function whole<Input extends object>(input: Input, { parentType, fieldName }: GraphQLResolveInfo): Input {
  const type = getNamedType(parentType.getFields()[fieldName]?.args[0]?.type);
  if (!isInputObjectType(type)) throw new TypeError(`${fieldName} must take one argument, an input.`);
  return { ...Object.fromEntries(Object.keys(type.getFields()).map((name) => [name, null])), ...input };
}

function withdrawMutation(kind: RecordKind, receipt: new () => WriteReceipt): ClassReference {
  const mutation = `withdraw${kind.name}`;

  @InputType(`Withdraw${kind.name}Input`, { description: `The record to withdraw: ${kind.what}.` })
  class WithdrawInput extends KeyedInput {
    @RecordId()
    id?: string | null;

    @SourceId()
    sourceId?: string | null;

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
      description: mutationText(
        `Tar tillbaka ${kind.whatSv} som har registrerats av misstag.`,
        `Withdraws a record that was made by mistake: ${kind.what}. The record is kept, and nobody reads it any more, also when a system feeds it again. For ${writerNames(kind)} of the agency. ${WRITING_TAKES} Everyone else gets FORBIDDEN, whether or not the record exists.`,
      ),
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
