import { IsUUID } from 'class-validator';
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
import { lockRecord, whereOf, youthOf } from './write.ts';

/** The input of both mutations: the record, and the version of it that was read. */
interface Marking extends KeyedInput {
  readonly recordId: string;
  readonly version?: number | null | undefined;
}

/** The mutations that hold a record back (C17) and mark its text as cleared (C10). */
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

  @InputType(`${capitalised(prefix)}ClearTextInput`, { description: 'The record, and whether its text may cross.' })
  class ClearTextInput extends KeyedInput {
    @IsUUID()
    @Field(() => ID, { description: 'The record (UUID).' })
    recordId!: string;

    @Field(() => Boolean, {
      description: 'True marks the free text as cleared of other persons. False removes the mark.',
    })
    cleared!: boolean;

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
        'Märker fritexten i en uppgift som rensad från andra personer, eller tar bort märkningen.',
        'Marks a record’s free text as cleared of other persons, or removes the mark. Other agencies read the text only while it has the mark. Only the author of the text may mark it. Everybody who may write the record may remove the mark. Everyone else gets FORBIDDEN, whether or not the record exists.',
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
  return mark(kinds, { action, mutation, input }, { held: input.held }, context, () => undefined);
}

function clearText(
  kinds: readonly RecordKind[],
  input: Marking & { readonly cleared: boolean },
  mutation: string,
  context: HubContext,
): Promise<WriteReceipt> {
  const asked = { action: 'WRITE', mutation, input } as const;
  return mark(kinds, asked, { textCleared: input.cleared }, context, (row) => {
    // C10: only the author of the text knows whom it is about. Everybody who may write may remove the mark.
    if (input.cleared && row.author !== authorOf(context)) {
      throw new HubError(
        'CONFLICT',
        'Only the author of a text may mark it as cleared. Ask the author, or write the text anew.',
      );
    }
  });
}

/** Changes a mark of a record of any kind. An attempt on a record that does not exist is decided and logged in the same way. */
async function mark(
  kinds: readonly RecordKind[],
  asked: OwnChange & { readonly input: Marking },
  marks: { readonly held: boolean } | { readonly textCleared: boolean },
  context: HubContext,
  check: (row: RecordRow) => void,
): Promise<WriteReceipt> {
  const { recordId, version } = asked.input;
  const found = await findRecord(kinds, recordId, context);
  const about = { youthId: found?.youthId ?? null, category: found?.kind.category ?? '' };
  return changeOwn(
    asked,
    () => about,
    context,
    async (em) => {
      if (found === null) throw HubError.constant('FORBIDDEN');
      const row = await lockRecord(em, found.kind, whereOf({ id: recordId }, context));
      demandVersion(version, row);
      check(row);
      const changed = Object.entries(marks).flatMap(([name, value]) =>
        Reflect.get(row, name) === value ? [] : [name],
      );
      if (changed.length > 0) em.assign(row, { ...marks, markedAt: new Date() });
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
