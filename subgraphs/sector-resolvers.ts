import { IsUUID, MaxLength, MinLength } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { HubError } from '../schema/errors.ts';
import { Assignment } from './assignments.ts';
import type { HubContext } from './context.ts';
import { personnummerOf } from './identity-number.ts';
import { Link } from './links.ts';
import { Outcome, type Receipt } from './receipt.ts';
import type { RecordKind } from './record-kind.ts';
import type { ClassReference } from './subgraph.ts';
import { authorized, authorOf, transactionally, youthOf } from './write.ts';

const LINKERS = '@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER])';
const MANAGERS = '@restricted(roles: [MANAGER])';

/** What every sector can do, under its own prefix: link and unlink a youth, assign it to staff, hold back a record, mark a text. */
export function sectorResolvers(
  prefix: string,
  kinds: readonly RecordKind[],
  receipt: new () => Receipt,
): ClassReference[] {
  return [linkResolver(prefix, receipt), assignResolver(prefix, receipt), recordMarkResolver(prefix, kinds, receipt)];
}

function linkResolver(prefix: string, receipt: new () => Receipt): ClassReference {
  const [link, unlink] = [`${prefix}LinkYouth`, `${prefix}UnlinkYouth`];

  @InputType(`${capitalised(prefix)}LinkYouthInput`, {
    description: 'Which person of your agency’s own data the youth is.',
  })
  class LinkInput {
    @IsUUID()
    @Field(() => ID, { description: 'The youth (UUID).' })
    youthId!: string;

    @Field(() => String, {
      description:
        'The personal identity number from the signed paper form, 10 or 12 digits. It is stored only in your agency’s database.',
    })
    identityNumber!: string;
  }

  @InputType(`${capitalised(prefix)}UnlinkYouthInput`, { description: 'Which youth to unlink.' })
  class UnlinkInput {
    @IsUUID()
    @Field(() => ID, { description: 'The youth (UUID).' })
    youthId!: string;
  }

  @Resolver()
  class Links {
    @Directive(LINKERS)
    @Mutation(() => receipt, {
      name: link,
      nullable: true,
      description:
        'Links a youth to a person in your agency’s own data. Takes an informed seat in an open group of the youth; FORBIDDEN otherwise. CONFLICT when your agency has linked the youth, or the person, otherwise. Not fenced: it ends no permission.',
    })
    async [link](@Arg('input', () => LinkInput) input: LinkInput, @Ctx() context: HubContext): Promise<Receipt> {
      const youthId = input.youthId.toLowerCase();
      const identityNumber = personnummerOf(input.identityNumber, 'input.identityNumber');
      await demandSeat(youthId, link, context);
      return transactionally(context, async (em) => {
        const live = await em.findOne(Link, { youthId, agency: context.caller.agency, endedAt: null });
        if (live?.identityNumber === identityNumber) return { id: live.id, version: 1, outcome: Outcome.UNCHANGED };
        if (live !== null) {
          throw new HubError(
            'CONFLICT',
            'Your agency has linked this youth to another person. Unlink the youth first.',
          );
        }
        const made = em.create(Link, {
          youthId,
          agency: context.caller.agency,
          identityNumber,
          linkedBy: authorOf(context),
        });
        await em.persist(made).flush();
        return { id: made.id, version: 1, outcome: Outcome.CREATED };
      });
    }

    @Directive(LINKERS)
    @Directive('@fenced')
    @Mutation(() => receipt, {
      name: unlink,
      nullable: true,
      description:
        'Ends your agency’s link to the youth: the records that hang on it are read by nobody any more. Takes an informed seat in an open group of the youth; FORBIDDEN otherwise. Answers when nothing read through the link can still be released.',
    })
    async [unlink](@Arg('input', () => UnlinkInput) input: UnlinkInput, @Ctx() context: HubContext): Promise<Receipt> {
      const youthId = input.youthId.toLowerCase();
      await demandSeat(youthId, unlink, context);
      return transactionally(context, async (em) => {
        const latest = await em.findOne(
          Link,
          { youthId, agency: context.caller.agency },
          { orderBy: { linkedAt: 'desc' } },
        );
        if (latest === null)
          throw new HubError('BAD_USER_INPUT', 'Your agency has no link to this youth.', { field: 'input.youthId' });
        if (latest.endedAt !== null) return { id: latest.id, version: 1, outcome: Outcome.UNCHANGED };
        em.assign(latest, { endedAt: new Date(), endedBy: authorOf(context) });
        await em.flush();
        return { id: latest.id, version: 1, outcome: Outcome.WITHDRAWN };
      });
    }
  }
  return Links;
}

function assignResolver(prefix: string, receipt: new () => Receipt): ClassReference {
  const [assign, unassign] = [`${prefix}AssignYouth`, `${prefix}UnassignYouth`];

  @InputType(`${capitalised(prefix)}AssignYouthInput`, {
    description: 'Which youth, and to whom of your agency’s staff.',
  })
  class AssignInput {
    @IsUUID()
    @Field(() => ID, { description: 'The youth (UUID); your agency must have a link to the youth.' })
    youthId!: string;

    @MinLength(1)
    @MaxLength(255)
    @Field(() => String, { description: 'The subject of the member of staff’s tokens.' })
    subject!: string;
  }

  @Resolver()
  class Assignments {
    @Directive(MANAGERS)
    @Mutation(() => receipt, {
      name: assign,
      nullable: true,
      description:
        'Assigns a linked youth to a member of your agency’s staff, who then reads and writes your agency’s own records about the youth (C3). Not fenced: it ends no permission.',
    })
    async [assign](@Arg('input', () => AssignInput) input: AssignInput, @Ctx() context: HubContext): Promise<Receipt> {
      const youthId = input.youthId.toLowerCase();
      await demandManager(youthId, assign, context);
      return transactionally(context, async (em) => {
        const link = await em.findOne(Link, { youthId, agency: context.caller.agency, endedAt: null });
        if (link === null)
          throw new HubError(
            'BAD_USER_INPUT',
            'Your agency has no link to this youth. The holder of a seat links it first.',
            { field: 'input.youthId' },
          );
        const live = await em.findOne(Assignment, {
          youthId,
          agency: context.caller.agency,
          subject: input.subject,
          endedAt: null,
        });
        if (live !== null) return { id: live.id, version: 1, outcome: Outcome.UNCHANGED };
        const made = em.create(Assignment, {
          youthId,
          agency: context.caller.agency,
          subject: input.subject,
          assignedBy: authorOf(context),
        });
        await em.persist(made).flush();
        return { id: made.id, version: 1, outcome: Outcome.CREATED };
      });
    }

    @Directive(MANAGERS)
    @Directive('@fenced')
    @Mutation(() => receipt, {
      name: unassign,
      nullable: true,
      description: 'Ends an assignment. Answers when nothing read on the ground of it can still be released.',
    })
    async [unassign](
      @Arg('input', () => AssignInput) input: AssignInput,
      @Ctx() context: HubContext,
    ): Promise<Receipt> {
      const youthId = input.youthId.toLowerCase();
      await demandManager(youthId, unassign, context);
      return transactionally(context, async (em) => {
        const where = { youthId, agency: context.caller.agency, subject: input.subject };
        const latest = await em.findOne(Assignment, where, { orderBy: { assignedAt: 'desc' } });
        if (latest === null)
          throw new HubError('BAD_USER_INPUT', 'The youth is not assigned to that member of staff.', {
            field: 'input.subject',
          });
        if (latest.endedAt !== null) return { id: latest.id, version: 1, outcome: Outcome.UNCHANGED };
        em.assign(latest, { endedAt: new Date() });
        await em.flush();
        return { id: latest.id, version: 1, outcome: Outcome.WITHDRAWN };
      });
    }
  }
  return Assignments;
}

function recordMarkResolver(prefix: string, kinds: readonly RecordKind[], receipt: new () => Receipt): ClassReference {
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
  const asked = [{ category: kind.category, whereabouts: false, fields: [mutation] }];
  if ((await authorized(context.authorize(action, asked, [youthId]))).length === 0)
    throw HubError.constant('FORBIDDEN');
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

/** Links are made and ended by the holder of an informed seat, and the registry knows who that is. */
async function demandSeat(youthId: string, mutation: string, context: HubContext): Promise<void> {
  const permits = await authorized(
    context.authorize('LINK', [{ category: '', whereabouts: false, fields: [mutation] }], [youthId]),
  );
  if (permits.length === 0) throw HubError.constant('FORBIDDEN');
}

async function demandManager(youthId: string, mutation: string, context: HubContext): Promise<void> {
  const permits = await authorized(
    context.authorize('MANAGE', [{ category: '', whereabouts: false, fields: [mutation] }], [youthId]),
  );
  if (permits.length === 0) throw HubError.constant('FORBIDDEN');
}

/** The first letter as a capital: `schoolLinkYouth` takes a `SchoolLinkYouthInput`. */
export function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
