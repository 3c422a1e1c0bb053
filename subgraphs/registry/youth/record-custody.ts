import { randomUUID } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { IsOptional, IsUUID } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver, registerEnumType } from 'type-graphql';
import { demandKey } from '../../../chassis/change/keyed-change.ts';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { DateTime } from '../../../chassis/input/scalars.ts';
import { mutationText } from '../../../chassis/mutation-text.ts';
import { HubError } from '../../../schema/errors.ts';
import { RevisedInput } from '../change/answered-key.ts';
import { change, type Done, Receipt } from '../change/change.ts';
import { Outcome } from '../change/outcome.ts';
import { CustodyRow } from './custody.ts';
import { youthDemand } from './youth-demand.ts';

/** The change of a guardian's custody. */
enum CustodyChange {
  STARTS = 'STARTS',
  ENDS = 'ENDS',
}

registerEnumType(CustodyChange, {
  name: 'CustodyChange',
  description: 'The change of a guardian’s custody.',
  valuesConfig: {
    STARTS: {
      description:
        'The guardian has custody from then on. If the guardian has custody already, this corrects its start.',
    },
    ENDS: { description: 'The guardian no longer has custody.' },
  },
});

@InputType({ description: 'A start or an end of a guardian’s custody of a youth (vårdnad).' })
class RecordCustodyInput extends RevisedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The youth (UUID).' })
  youthId!: string;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, {
    nullable: true,
    description: 'The random id of the guardian. Leave it out for a new guardian: the hub makes one.',
  })
  guardianId!: string | null;

  @Field(() => CustodyChange, { description: 'Whether custody starts or ends.' })
  change!: CustodyChange;

  @Field(() => DateTime, { description: 'When custody started or ended, not in the future.' })
  at!: Date;
}

const RECORD = youthDemand('recordCustody');

/** The mutation that records custody by random ids of guardians, which the coordinator keeps beside the names. */
@Resolver()
export class RecordCustodyResolver {
  @Directive('@restricted(roles: [COORDINATOR])')
  @Directive('@fenced')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Registrerar att en vårdnadshavares vårdnad om en ungdom har börjat eller upphört.',
      'Records that a guardian’s custody of a youth started or ended, and answers with the guardian’s random id. It needs an idempotencyKey for a new guardian: a repeat would make another who must sign. It decides at once who must have signed. releasesToReview lists earlier releases that this fact would have prevented. For the coordinator of the youth’s group. Before there is a group, for any coordinator of the lead agency. Everyone else gets FORBIDDEN.',
    ),
  })
  recordCustody(
    @Arg('input', () => RecordCustodyInput) input: RecordCustodyInput,
    @Ctx() context: HubContext,
  ): Promise<Receipt> {
    if (input.change === CustodyChange.STARTS && input.guardianId == null) demandKey(input);
    return change(RECORD, input.youthId, input, context, async (em) => {
      await demandPast(em, input.at);
      return (input.change === CustodyChange.STARTS ? start : end)(em, input);
    });
  }
}

/** Records a custody that starts, or that is found to have started at another time. */
async function start(em: EntityManager, { youthId: youth, guardianId, at }: RecordCustodyInput): Promise<Done> {
  const running =
    guardianId == null ? undefined : (await custodyOf(em, youth, guardianId)).find(({ endsAt }) => endsAt === null);
  if (running !== undefined) {
    if (running.startsAt.getTime() === at.getTime()) return done(running.guardian, Outcome.UNCHANGED);
    await em.nativeUpdate(CustodyRow, { id: running.id }, { startsAt: at });
    return done(running.guardian, Outcome.CHANGED);
  }
  const guardian = guardianId ?? randomUUID();
  await em.persist(em.create(CustodyRow, { youth, guardian, startsAt: at })).flush();
  return done(guardian, Outcome.CREATED);
}

async function end(em: EntityManager, { youthId, guardianId, at }: RecordCustodyInput): Promise<Done> {
  if (guardianId == null) throw unknownGuardian();
  const running = (await custodyOf(em, youthId, guardianId)).find(({ endsAt }) => endsAt === null);
  if (running === undefined) return done(guardianId, Outcome.UNCHANGED);
  if (at <= running.startsAt) {
    throw new HubError('BAD_USER_INPUT', 'at must be later than the start of the custody that ends. Compare the two.', {
      field: 'input.at',
    });
  }
  await em.nativeUpdate(CustodyRow, { id: running.id }, { endsAt: at });
  return done(guardianId, Outcome.CHANGED);
}

const done = (id: string, outcome: Outcome): Done => ({ receipt: { id, outcome }, told: { thing: id } });

/** A guardian's custody of the youth, past and present. BAD_USER_INPUT if there is none, since the hub makes the ids of guardians. */
async function custodyOf(em: EntityManager, youth: string, guardian: string): Promise<CustodyRow[]> {
  const known = await em.find(CustodyRow, { youth, guardian });
  if (known.length === 0) throw unknownGuardian();
  return known;
}

function unknownGuardian(): HubError {
  return new HubError(
    'BAD_USER_INPUT',
    'guardianId must be a guardian whose custody of the youth is recorded. Leave it out to record a new guardian’s custody.',
    { field: 'input.guardianId' },
  );
}

async function demandPast(em: EntityManager, at: Date): Promise<void> {
  const [now] = await em.execute<{ ahead: boolean }[]>('SELECT ?::timestamptz > registry.clock() AS ahead', [
    at.toISOString(),
  ]);
  if (now?.ahead === false) return;
  throw new HubError(
    'BAD_USER_INPUT',
    'at must not be in the future. Send the time at which the custody started or ended.',
    { field: 'input.at' },
  );
}
