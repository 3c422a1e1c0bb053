import type { EntityManager } from '@mikro-orm/postgresql';
import { IsUUID, MaxLength, MinLength } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { authorOf } from '../../../../chassis/change/change.ts';
import type { HubContext } from '../../../../chassis/decide/context.ts';
import { WithoutIdentityNumber } from '../../../../chassis/input/plain-text.ts';
import { mutationText } from '../../../../chassis/mutation-text.ts';
import { HubError } from '../../../../schema/errors.ts';
import { RevisedInput } from '../../change/answered-key.ts';
import { change, type Demand, type Done, Receipt, type Standing } from '../../change/change.ts';
import { Outcome } from '../../change/outcome.ts';
import { ownSql } from '../read/access-log-query.ts';
import { entryById } from '../read/entry-answer.ts';
import { TELLABLE } from './report-query.ts';
import { TellingDecision, TellingRow } from './telling.ts';

@InputType({ description: 'A decision on whether the extract for the youth may show an entry, and its ground.' })
class DecideTellingInput extends RevisedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The entry of the access log (UUID).' })
  entryId!: string;

  @Field(() => TellingDecision, { description: 'Your decision.' })
  decision!: TellingDecision;

  @WithoutIdentityNumber()
  @MinLength(10)
  @MaxLength(2000)
  @Field(() => String, {
    description:
      'The legal provision that you apply and why it applies, 10 to 2,000 characters. Never write the information itself.',
  })
  ground!: string;
}

/**
 * Whoever may read the entry in the log (DOMAIN, the table of roles) may decide, for the agency's own staff know what must
 * not be told. Nobody decides about an access of their own: that would be a way to hide it.
 */
const DECIDE: Demand = {
  mutation: 'decideTelling',
  standing: `SELECT own.id AS agency, NULL::uuid AS "groupId", e.youth, NULL::uuid AS programme
    FROM registry.agency own CROSS JOIN ${entryById(':thing::uuid')}
    WHERE own.code = :agency AND e.youth IS NOT NULL AND ${TELLABLE}
      AND registry.reviews(:roles) AND (registry.audits_hub(:roles, :agency) OR own.id IN (e.agency, e.source))
      AND NOT ${ownSql('array_remove(ARRAY[:caller::text, :actor::text], NULL)')}`,
};

/** The mutation by which an agency has the extract for the youth leave an access out, or list it after all. */
@Resolver()
export class DecideTellingResolver {
  @Directive('@restricted(roles: [AUDITOR, MANAGER])')
  @Directive('@fenced')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Beslutar om loggutdraget till en ungdom får visa en åtkomst eller ska utelämna den.',
      'Decides whether the extract for the youth (accessReport) shows or leaves out an access. The entry must be a permitted read of information. For auditors and managers of the agency that is its source or recipient, and for auditors of the hub. Nobody decides about what they read themselves. Your agency’s latest decision counts. An access is left out while any agency leaves it out, and the extract does not show that something was left out. It answers once no extract requested before can still be on its way. The receipt names the entry.',
    ),
  })
  decideTelling(
    @Arg('input', () => DecideTellingInput) input: DecideTellingInput,
    @Ctx() context: HubContext,
  ): Promise<Receipt> {
    return change(DECIDE, input.entryId.toLowerCase(), input, context, (em, standing) =>
      decide(em, standing, input, authorOf(context)),
    );
  }
}

async function decide(
  em: EntityManager,
  { agency, youth }: Standing,
  { entryId, decision, ground, expectedRevision }: DecideTellingInput,
  recordedBy: string,
): Promise<Done> {
  // The standing is that of an entry about a youth.
  if (youth === null) throw HubError.constant('FORBIDDEN');
  const entry = entryId.toLowerCase();
  // Of two decisions that come at once the second sees what the first decided.
  await em.execute('SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [`telling ${entry} ${agency}`]);
  const latest = await em.findOne(TellingRow, { entry, agency }, { orderBy: { revision: 'desc' } });
  if (expectedRevision != null && expectedRevision !== latest?.revision) {
    throw new HubError('CONFLICT', 'It has been decided otherwise since you read it. Read it again, then decide anew.');
  }
  const told = { thing: entry };
  if ((latest?.decision ?? TellingDecision.TELL) === decision) {
    return { receipt: { id: entry, outcome: Outcome.UNCHANGED, revision: latest?.revision ?? null }, told };
  }
  const revision = (latest?.revision ?? 0) + 1;
  em.persist(em.create(TellingRow, { entry, youth, agency, revision, decision, ground, recordedBy }));
  return { receipt: { id: entry, outcome: Outcome.CHANGED, revision }, told };
}
