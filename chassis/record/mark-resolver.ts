import { IsOptional, IsUUID } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { HubError } from '../../schema/errors.ts';
import { authorOf, demandVersion } from '../change/change.ts';
import { KeyedInput, VersionRead } from '../change/keyed-change.ts';
import { changeOwn, type OwnChange } from '../change/own-change.ts';
import { WriteOutcome, type WriteReceipt } from '../change/receipt.ts';
import type { HubContext } from '../decide/context.ts';
import { mutationText } from '../mutation-text.ts';
import { type ClassReference, capitalised } from '../names.ts';
import type { RecordRow } from './record.ts';
import type { RecordKind } from './record-kind.ts';
import { demandMarker } from './text-marks.ts';
import { lockRecord, whereOf, youthOf } from './write.ts';

/** The input of both mutations: the record, and the version of it that was read. */
interface Marking extends KeyedInput {
  readonly recordId: string;
  readonly version?: number | null | undefined;
}

/** The mutations that hold a record back (C17) and mark its texts as cleared of other persons (C10) and as naming no place (C16). */
export function markResolver(
  prefix: string,
  kinds: readonly RecordKind[],
  receipt: new () => WriteReceipt,
): ClassReference {
  const [holdRecord, markText] = [`${prefix}HoldRecord`, `${prefix}ClearText`];

  @InputType(`${capitalised(prefix)}HoldRecordInput`, { description: 'The record, and whether it is held back.' })
  class HoldInput extends KeyedInput {
    @IsUUID()
    @Field(() => ID, { description: 'The record (UUID).' })
    recordId!: string;

    @Field(() => Boolean, {
      description: 'True holds the record back from every other agency. False lets it cross under consent again.',
    })
    held!: boolean;

    @VersionRead()
    version?: number | null;
  }

  @InputType(`${capitalised(prefix)}ClearTextInput`, { description: 'The record, and the marks of its texts.' })
  class ClearTextInput extends KeyedInput {
    @IsUUID()
    @Field(() => ID, { description: 'The record (UUID).' })
    recordId!: string;

    @IsOptional()
    @Field(() => Boolean, {
      nullable: true,
      description:
        'True marks the prose (fritext) as cleared of other persons. False removes the mark. Leave it out to change only `namesNoPlace`.',
    })
    cleared?: boolean | null;

    @IsOptional()
    @Field(() => Boolean, {
      nullable: true,
      description:
        'True marks that the texts and names name no place (namnger ingen plats). False removes the mark. Give it again once a youth’s protected identity has been recorded: an earlier mark does not count any more.',
    })
    namesNoPlace?: boolean | null;

    @VersionRead()
    version?: number | null;
  }

  @Resolver()
  class Marks {
    @Directive('@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER, MANAGER])')
    @Directive('@fenced')
    @Mutation(() => receipt, {
      name: holdRecord,
      nullable: true,
      description: mutationText(
        'Håller tillbaka en uppgift från andra myndigheter, eller släpper den igen.',
        'Holds a record back from other agencies, or lets it cross again. Hold it back only for a reason that the youth cannot waive. To every other agency a held record does not exist. For people who may write the record, and managers of the agency; everyone else gets FORBIDDEN, whether or not the record exists.',
      ),
    })
    [holdRecord](@Arg('input', () => HoldInput) input: HoldInput, @Ctx() context: HubContext): Promise<WriteReceipt> {
      return hold(kinds, input, holdRecord, context);
    }

    @Directive('@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER])')
    @Directive('@fenced')
    @Mutation(() => receipt, {
      name: markText,
      nullable: true,
      description: mutationText(
        'Märker fritexten i en uppgift som rensad från andra personer, eller att den inte namnger någon plats, eller tar bort en märkning.',
        'Marks a record’s prose as cleared of other persons, and its texts and names as naming no place, or removes a mark. Other agencies read prose only while it is cleared. While a youth has protected identity, they read prose and names only if these have also been marked, after the protection was recorded, as naming no place. Only the author of the text may mark it; whoever marks a text that a system wrote becomes its author. No system marks one, also not on behalf of a person. Everybody who may write the record may remove a mark. Everyone else gets FORBIDDEN, whether or not the record exists.',
      ),
    })
    [markText](
      @Arg('input', () => ClearTextInput) input: ClearTextInput,
      @Ctx() context: HubContext,
    ): Promise<WriteReceipt> {
      return clearText(kinds, input, markText, context);
    }
  }
  return Marks;
}

function hold(
  kinds: readonly RecordKind[],
  input: Marking & { readonly held: boolean },
  mutation: string,
  context: HubContext,
): Promise<WriteReceipt> {
  const action = context.hasRole(['MANAGER']) ? 'MANAGE' : 'WRITE';
  return mark(kinds, { action, mutation, input }, context, () => ({ held: input.held }));
}

function clearText(
  kinds: readonly RecordKind[],
  input: Marking & { readonly cleared?: boolean | null; readonly namesNoPlace?: boolean | null },
  mutation: string,
  context: HubContext,
): Promise<WriteReceipt> {
  const { cleared, namesNoPlace } = input;
  if (cleared == null && namesNoPlace == null) {
    const expected = 'Send cleared, namesNoPlace, or both: the marks that are to change.';
    throw new HubError('BAD_USER_INPUT', expected, { field: 'input.cleared' });
  }
  demandMarker(input, context);
  return mark(kinds, { action: 'WRITE', mutation, input }, context, (row, protection) => ({
    ...(cleared === true || namesNoPlace === true ? markerOf(row, context) : {}),
    ...(cleared == null ? {} : { textCleared: cleared }),
    ...(namesNoPlace == null ? {} : { namesNoPlace: namesNoPlace ? protection : null }),
    // Always counted as a change: otherwise the receipt would show whether the protection has changed since the last mark (C16).
    ...(namesNoPlace === true ? { markedAt: new Date() } : {}),
  }));
}

/** C10: only the author of a text knows whom it is about. Whoever marks what a system wrote answers for it as its author. */
function markerOf({ author, writtenBySystem }: RecordRow, context: HubContext): Partial<RecordRow> {
  const by = authorOf(context);
  if (writtenBySystem) return { author: by, writtenBySystem: false };
  if (author === by) return {};
  throw new HubError('CONFLICT', 'Only the author of a text may mark it. Ask the author, or write the text anew.');
}

/** Changes a mark of a record of any kind. An attempt on a record that does not exist is decided and logged in the same way. */
async function mark(
  kinds: readonly RecordKind[],
  asked: OwnChange & { readonly input: Marking },
  context: HubContext,
  marksOf: (row: RecordRow, protection: string | null) => Partial<RecordRow>,
): Promise<WriteReceipt> {
  const { recordId, version } = asked.input;
  const found = await findRecord(kinds, recordId, context);
  const about = { youthId: found?.youthId ?? null, category: found?.kind.category ?? '' };
  return changeOwn(
    asked,
    () => about,
    context,
    async (em, { protection }) => {
      if (found === null) throw HubError.constant('FORBIDDEN');
      const row = await lockRecord(em, found.kind, whereOf({ id: recordId }, context));
      demandVersion(version, row);
      const marks = marksOf(row, protection);
      const changed = Object.entries(marks).flatMap(([name, value]) =>
        Reflect.get(row, name) === value ? [] : [name],
      );
      if (changed.length > 0) em.assign(row, { markedAt: new Date(), ...marks });
      await em.flush();
      const outcome = changed.length > 0 ? WriteOutcome.CHANGED : WriteOutcome.UNCHANGED;
      return { receipt: { id: row.id, version: row.version, outcome }, changed };
    },
  );
}

async function findRecord(
  kinds: readonly RecordKind[],
  id: string,
  context: HubContext,
): Promise<{ kind: RecordKind; youthId: string } | null> {
  for (const kind of kinds) {
    const youthId = await youthOf(kind, whereOf({ id }, context), context);
    if (youthId !== null) return { kind, youthId };
  }
  return null;
}
