import type { EntityManager } from '@mikro-orm/postgresql';
import { IsUUID, MaxLength } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { authorOf, personBehind } from '../../../chassis/change/change.ts';
import { KeyedInput } from '../../../chassis/change/keyed-change.ts';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { WithoutIdentityNumber } from '../../../chassis/input/plain-text.ts';
import { mutationText } from '../../../chassis/mutation-text.ts';
import { HubError } from '../../../schema/errors.ts';
import { change, type Demand, Receipt, STANDING_COLUMNS } from '../change/change.ts';
import { Outcome } from '../change/outcome.ts';
import { ACKNOWLEDGED } from '../sql/acknowledged.ts';
import { databaseNow } from '../sql/storage.ts';
import { ConsentRow } from './consent.ts';
import { ConsentGrantRow } from './grant.ts';

@InputType({ description: 'A fully signed version of a consent, compared with its signed paper form.' })
class AcknowledgeConsentInput extends KeyedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The version (UUID).' })
  consentId!: string;

  @WithoutIdentityNumber()
  @MaxLength(200)
  @Field(() => String, { description: 'The reference on the signed paper form. It must be the same as the consent’s.' })
  paperReference!: string;
}

const ACKNOWLEDGE: Demand = {
  mutation: 'acknowledgeConsent',
  // Whoever signs at the same time comes before or after.
  locks: 'consent',
  standing: `SELECT ${STANDING_COLUMNS}
    FROM registry.consent c JOIN registry.places_of(:caller, :roles, :agency) s ON s.group_id = c.group_id
    WHERE c.id = :thing AND EXISTS (SELECT FROM registry.consent_grant cg WHERE cg.consent = c.id AND cg.source = s.agency)`,
};

/** The mutation by which a source agency acknowledges a consent (C5). */
@Resolver()
export class AcknowledgeResolver {
  @Directive('@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER])')
  @Directive('@unfenced(reason: "It ends no permission.")')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Bekräftar för er myndighet att samtycket stämmer med den undertecknade blanketten.',
      'Acknowledges, for your agency as source, its grants in a fully signed version of a consent. A grant does not work before that. For holders of an informed seat of a source agency; everyone else gets FORBIDDEN. Compare the consent with the signed paper form first: the input repeats the form’s reference. CONFLICT until the version is fully signed, and for anybody who recorded one of its signatures: let a colleague acknowledge.',
    ),
  })
  async acknowledgeConsent(
    @Arg('input', () => AcknowledgeConsentInput) input: AcknowledgeConsentInput,
    @Ctx() context: HubContext,
  ): Promise<Receipt> {
    return change(ACKNOWLEDGE, input.consentId, input, context, async (em, standing) => {
      const consent = await em.findOneOrFail(ConsentRow, { id: input.consentId });
      if (consent.paperReference !== input.paperReference) {
        throw new HubError(
          'BAD_USER_INPUT',
          'paperReference must be the reference of this consent’s paper form. Compare it with the form.',
          {
            field: 'input.paperReference',
          },
        );
      }
      await demandSecondPerson(em, consent, context.caller.subject);
      const open = await unacknowledged(em, consent.id, standing.agency);
      await em.nativeUpdate(
        ConsentGrantRow,
        { id: { $in: open } },
        { acknowledgedAt: databaseNow(), acknowledgedBy: authorOf(context), acknowledgedFor: personBehind(context) },
      );
      return {
        receipt: { id: consent.id, outcome: open.length > 0 ? Outcome.CHANGED : Outcome.UNCHANGED },
        told: { thing: consent.id, consent: consent.id, consentVersion: consent.version, source: standing.agency },
      };
    });
  }
}

/** Throws CONFLICT until the version is fully signed, and to the person who recorded one of its signatures (C5). */
async function demandSecondPerson(em: EntityManager, { id }: ConsentRow, person: string): Promise<void> {
  const [found] = await em.execute<{ isSigned: boolean; isRecorder: boolean }[]>(
    `SELECT v.fully_signed_at IS NOT NULL AS "isSigned", ? = ANY (v.recorders) AS "isRecorder"
      FROM registry.consent_standing v WHERE v.consent = ?`,
    [person, id],
  );
  if (found?.isSigned !== true) {
    throw new HubError(
      'CONFLICT',
      'The version is not fully signed yet. Acknowledge it when its last required signature has been recorded.',
    );
  }
  if (!found.isRecorder) return;
  throw new HubError(
    'CONFLICT',
    'You recorded a signature of this version, so somebody else must acknowledge it. Ask another holder of a seat of your agency.',
  );
}

/** The grants of the source in the version that nobody has acknowledged so that it counts. */
async function unacknowledged(em: EntityManager, consent: string, source: number): Promise<string[]> {
  const found = await em.execute<{ id: string }[]>(
    `SELECT cg.id FROM registry.consent_grant cg JOIN registry.consent_standing v ON v.consent = cg.consent
      WHERE cg.consent = ? AND cg.source = ? AND NOT ${ACKNOWLEDGED}`,
    [consent, source],
  );
  return found.map(({ id }) => id);
}
