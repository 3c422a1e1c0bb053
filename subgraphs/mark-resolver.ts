import { LockMode } from '@mikro-orm/postgresql';
import { IsUUID } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { HubError } from '../schema/errors.ts';
import type { HubContext } from './context.ts';
import { Outcome, type Receipt } from './receipt.ts';
import type { RecordRow } from './record.ts';
import type { RecordKind } from './record-kind.ts';
import { type ClassReference, capitalised } from './subgraph.ts';
import { authorOf, demandPermit, NOBODY, transactionally, youthOf } from './write.ts';

/** Holding a record back (C17) and marking its text as cleared (C10). */
export function markResolver(prefix: string, kinds: readonly RecordKind[], receipt: new () => Receipt): ClassReference {
  const [holdRecord, markText] = [`${prefix}HoldRecord`, `${prefix}ClearText`];

  @InputType(`${capitalised(prefix)}HoldRecordInput`, { description: 'Which record, and whether it is held back.' })
  class HoldInput {
    @IsUUID()
    @Field(() => ID, { description: 'The record (UUID).' })
    recordId!: string;

    @Field(() => Boolean, {
      description: 'true holds the record back from every other agency; false lets it cross under consent again.',
    })
    held!: boolean;
  }

  @InputType(`${capitalised(prefix)}ClearTextInput`, { description: 'Which record, and whether its text may cross.' })
  class ClearTextInput {
    @IsUUID()
    @Field(() => ID, { description: 'The record (UUID).' })
    recordId!: string;

    @Field(() => Boolean, {
      description: 'true marks the free text as cleared of other persons (C10); false takes the mark away.',
    })
    cleared!: boolean;
  }

  @Resolver()
  class Marks {
    @Directive('@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER, MANAGER])')
    @Directive('@fenced')
    @Mutation(() => receipt, {
      name: holdRecord,
      nullable: true,
      description:
        'Holds a record back from crossing, for a reason that is not the youth’s to waive (C17), or lets it cross again. For every other agency a held record is as if it did not exist. FORBIDDEN, the same whether the record exists or not, when you may not.',
    })
    [holdRecord](@Arg('input', () => HoldInput) input: HoldInput, @Ctx() context: HubContext): Promise<Receipt> {
      return hold(kinds, input, holdRecord, context);
    }

    @Directive('@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER])')
    @Directive('@fenced')
    @Mutation(() => receipt, {
      name: markText,
      nullable: true,
      description:
        'Marks a record’s free text as cleared of other persons (C10), which only the text’s author may, or takes the mark away. FORBIDDEN, the same whether the record exists or not, when you may not.',
    })
    [markText](
      @Arg('input', () => ClearTextInput) input: ClearTextInput,
      @Ctx() context: HubContext,
    ): Promise<Receipt> {
      return clearText(kinds, input, markText, context);
    }
  }
  return Marks;
}

async function hold(
  kinds: readonly RecordKind[],
  input: { readonly recordId: string; readonly held: boolean },
  mutation: string,
  context: HubContext,
): Promise<Receipt> {
  const kind = await demandRecord(
    kinds,
    input.recordId,
    context.hasRole(['MANAGER']) ? 'MANAGE' : 'WRITE',
    mutation,
    context,
  );
  return marking(kind, input.recordId, { held: input.held }, context, () => undefined);
}

async function clearText(
  kinds: readonly RecordKind[],
  input: { readonly recordId: string; readonly cleared: boolean },
  mutation: string,
  context: HubContext,
): Promise<Receipt> {
  const kind = await demandRecord(kinds, input.recordId, 'WRITE', mutation, context);
  return marking(kind, input.recordId, { textCleared: input.cleared }, context, (row) => {
    // C10: whoever wrote the text knows whom it is about. Taking the mark away is anybody's who may write.
    if (input.cleared && row.author !== authorOf(context)) {
      throw new HubError(
        'CONFLICT',
        'Only the author of a text marks it as cleared. Ask the author, or write the text anew.',
      );
    }
  });
}

/** The kind of the record, if the caller may change it. An attempt on what is not there is decided and logged the same way. */
async function demandRecord(
  kinds: readonly RecordKind[],
  id: string,
  action: 'WRITE' | 'MANAGE',
  mutation: string,
  context: HubContext,
): Promise<RecordKind> {
  const found = await findRecord(kinds, id, context);
  await demandPermit(action, found?.kind.category ?? '', found?.youthId ?? NOBODY, mutation, context);
  if (found === null) throw HubError.constant('FORBIDDEN');
  return found.kind;
}

async function findRecord(
  kinds: readonly RecordKind[],
  id: string,
  context: HubContext,
): Promise<{ kind: RecordKind; youthId: string } | null> {
  for (const kind of kinds) {
    const youthId = await youthOf(kind, id, context);
    if (youthId !== null) return { kind, youthId };
  }
  return null;
}

function marking(
  kind: RecordKind,
  id: string,
  change: { readonly held: boolean } | { readonly textCleared: boolean },
  context: HubContext,
  check: (row: RecordRow) => void,
): Promise<Receipt> {
  return transactionally(context, async (em) => {
    const row = await em.findOneOrFail(kind.row, { id, withdrawnAt: null }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    check(row);
    const isChanged = Object.entries(change).some(([name, value]) => Reflect.get(row, name) !== value);
    if (isChanged) em.assign(row, { ...change, markedAt: new Date() });
    await em.flush();
    return { id, version: row.version, outcome: isChanged ? Outcome.CHANGED : Outcome.UNCHANGED };
  });
}
