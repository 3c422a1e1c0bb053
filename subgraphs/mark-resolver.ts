import { IsUUID } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { HubError } from '../schema/errors.ts';
import type { HubContext } from './context.ts';
import { Outcome, type Receipt } from './receipt.ts';
import type { RecordKind } from './record-kind.ts';
import { type ClassReference, capitalised } from './subgraph.ts';
import { demandPermit, transactionally, youthOf } from './write.ts';

/** Holding a record back (C17) and marking its text as cleared (C10). */
export function markResolver(prefix: string, kinds: readonly RecordKind[], receipt: new () => Receipt): ClassReference {
  const [hold, clearText] = [`${prefix}HoldRecord`, `${prefix}ClearText`];

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
      name: hold,
      nullable: true,
      description:
        'Holds a record back from crossing, for a reason that is not the youth’s to waive (C17), or lets it cross again. For every other agency a held record is as if it did not exist. FORBIDDEN, the same whether the record exists or not, when you may not.',
    })
    [hold](@Arg('input', () => HoldInput) input: HoldInput, @Ctx() context: HubContext): Promise<Receipt> {
      return mark(kinds, input.recordId, { held: input.held }, hold, context);
    }

    @Directive('@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER])')
    @Directive('@fenced')
    @Mutation(() => receipt, {
      name: clearText,
      nullable: true,
      description:
        'Marks a record’s free text as cleared of other persons (C10), or takes the mark away. FORBIDDEN, the same whether the record exists or not, when you may not.',
    })
    [clearText](
      @Arg('input', () => ClearTextInput) input: ClearTextInput,
      @Ctx() context: HubContext,
    ): Promise<Receipt> {
      return mark(kinds, input.recordId, { textCleared: input.cleared }, clearText, context);
    }
  }
  return Marks;
}

async function mark(
  kinds: readonly RecordKind[],
  id: string,
  change: { readonly held: boolean } | { readonly textCleared: boolean },
  mutation: string,
  context: HubContext,
): Promise<Receipt> {
  const { kind, youthId } = await kindOf(kinds, id, context);
  const action = context.hasRole(['MANAGER']) ? 'MANAGE' : 'WRITE';
  await demandPermit(action, kind.category, youthId, mutation, context);
  return transactionally(context, async (em) => {
    const row = await em.findOneOrFail(kind.row, { id });
    const isChanged = Object.entries(change).some(([name, value]) => Reflect.get(row, name) !== value);
    em.assign(row, change as never);
    await em.flush();
    return { id, version: row.version, outcome: isChanged ? Outcome.CHANGED : Outcome.UNCHANGED };
  });
}

async function kindOf(
  kinds: readonly RecordKind[],
  id: string,
  context: HubContext,
): Promise<{ kind: RecordKind; youthId: string }> {
  const em = context.sector.fork();
  for (const kind of kinds) {
    if ((await em.count(kind.row, { id, agency: context.caller.agency, withdrawnAt: null })) === 0) continue;
    return { kind, youthId: await youthOf(kind, id, context) };
  }
  throw HubError.constant('FORBIDDEN');
}
