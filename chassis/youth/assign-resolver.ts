import type { EntityManager } from '@mikro-orm/postgresql';
import { IsUUID } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { HubError } from '../../schema/errors.ts';
import { authorOf } from '../change/change.ts';
import { KeyedInput } from '../change/keyed-change.ts';
import { changeOwn } from '../change/own-change.ts';
import { WriteOutcome, type WriteReceipt } from '../change/receipt.ts';
import type { HubContext } from '../decide/context.ts';
import { IsSubject } from '../input/subject.ts';
import { mutationText } from '../mutation-text.ts';
import { type ClassReference, capitalised } from '../names.ts';
import { Assignment } from './assignment.ts';
import { liveLink } from './links.ts';

const MANAGERS = '@restricted(roles: [MANAGER])';

/** The mutations by which an agency’s manager assigns a youth to staff, and ends an assignment. */
export function assignResolver(prefix: string, receipt: new () => WriteReceipt): ClassReference {
  const [assign, unassign] = [`${prefix}AssignYouth`, `${prefix}UnassignYouth`];

  @InputType(`${capitalised(prefix)}AssignYouthInput`, {
    description: 'The youth, and the staff member to whom the youth is assigned.',
  })
  class AssignInput extends KeyedInput {
    @IsUUID()
    @Field(() => ID, { description: 'The youth (UUID). Your agency must have linked the youth.' })
    youthId!: string;

    @IsSubject()
    @Field(() => String, { description: 'The subject of the staff member’s tokens.' })
    subject!: string;
  }

  @Resolver()
  class Assignments {
    @Directive(MANAGERS)
    @Directive('@unfenced(reason: "It ends no permission.")')
    @Mutation(() => receipt, {
      name: assign,
      nullable: true,
      description: mutationText(
        'Tilldelar en ungdom till en medarbetare på er myndighet.',
        'Assigns a linked youth to a member of your agency’s staff, who can then read and write your agency’s own records about the youth. For managers of the agency. Link the youth first.',
      ),
    })
    async [assign](
      @Arg('input', () => AssignInput) input: AssignInput,
      @Ctx() context: HubContext,
    ): Promise<WriteReceipt> {
      const youthId = input.youthId.toLowerCase();
      const asked = { action: 'MANAGE', mutation: assign, input } as const;
      return changeOwn(
        asked,
        () => ({ youthId, category: '' }),
        context,
        async (em) => ({
          receipt: await assignYouth(em, youthId, input.subject, context),
        }),
      );
    }

    @Directive(MANAGERS)
    @Directive('@fenced')
    @Mutation(() => receipt, {
      name: unassign,
      nullable: true,
      description: mutationText(
        'Avslutar tilldelningen av en ungdom till en medarbetare.',
        'Ends an assignment. For managers of the agency. It answers once nothing read under the assignment can still be on its way.',
      ),
    })
    async [unassign](
      @Arg('input', () => AssignInput) input: AssignInput,
      @Ctx() context: HubContext,
    ): Promise<WriteReceipt> {
      const youthId = input.youthId.toLowerCase();
      const asked = { action: 'MANAGE', mutation: unassign, input } as const;
      return changeOwn(
        asked,
        () => ({ youthId, category: '' }),
        context,
        async (em) => ({
          receipt: await unassignYouth(em, youthId, input.subject, context),
        }),
      );
    }
  }
  return Assignments;
}

async function assignYouth(
  em: EntityManager,
  youthId: string,
  subject: string,
  context: HubContext,
): Promise<WriteReceipt> {
  if ((await liveLink(em, context, youthId)) === null) {
    throw new HubError(
      'BAD_USER_INPUT',
      'Your agency has no link to this youth. Ask the holder of your agency’s seat to link the youth first.',
      {
        field: 'input.youthId',
      },
    );
  }
  const { agency } = context.caller;
  const live = await em.findOne(Assignment, { youthId, agency, subject, endedAt: null });
  if (live !== null) return { id: live.id, version: 1, outcome: WriteOutcome.UNCHANGED };
  const made = em.create(Assignment, { youthId, agency, subject, assignedBy: authorOf(context) });
  await em.persist(made).flush();
  return { id: made.id, version: 1, outcome: WriteOutcome.CREATED };
}

async function unassignYouth(
  em: EntityManager,
  youthId: string,
  subject: string,
  context: HubContext,
): Promise<WriteReceipt> {
  const where = { youthId, agency: context.caller.agency, subject };
  const latest = await em.findOne(Assignment, where, { orderBy: { assignedAt: 'desc' } });
  if (latest === null) {
    throw new HubError(
      'BAD_USER_INPUT',
      'The youth is not assigned to that member of staff. Compare the youth and the subject.',
      {
        field: 'input.subject',
      },
    );
  }
  if (latest.endedAt !== null) return { id: latest.id, version: 1, outcome: WriteOutcome.UNCHANGED };
  em.assign(latest, { endedAt: new Date() });
  await em.flush();
  return { id: latest.id, version: 1, outcome: WriteOutcome.WITHDRAWN };
}
