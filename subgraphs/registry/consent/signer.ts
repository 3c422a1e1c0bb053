import type { GraphQLResolveInfo } from 'graphql';
import { Ctx, Directive, Field, FieldResolver, ID, Info, ObjectType, Resolver, Root } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { statement } from '../../../chassis/statement.ts';
import { membershipsOf } from '../entry/membership.ts';
import { Consent } from './consent.ts';
import { SignerCapacity } from './signature.ts';

/** A person whose signature a consent needs now, as the group's coordinator sees it. */
@Directive('@restricted(relation: MEMBER)')
@ObjectType('Signer', {
  description:
    'A person who is asked to sign a version of a consent, as things stand now. A birthday or a change of custody can change who is asked.',
})
export class Signer {
  readonly groupId!: string;

  @Field(() => SignerCapacity, { nullable: true, description: 'The capacity in which the person signs.' })
  capacity!: SignerCapacity;

  @Field(() => ID, { nullable: true, description: 'The random id of the guardian. Null: the person is the youth.' })
  guardianId!: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'True if the signature is required. The signature of a youth under 15 is required only for kinds of information that the youth must sign for.',
  })
  mustSign!: boolean;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True for a youth under 15, whose own view is asked for (barnets inställning).',
  })
  givesOwnView!: boolean;

  @Field(() => Boolean, { nullable: true, description: 'True for a youth who has turned 18 and decides alone.' })
  isOfAge!: boolean;

  @Field(() => Boolean, { nullable: true, description: 'True if the person’s signature is recorded.' })
  hasSigned!: boolean;

  @Field(() => Boolean, { nullable: true, description: 'True if a waiver excuses the person from signing.' })
  isExcused!: boolean;
}

const SIGNERS = statement<{ readonly consents: readonly string[] }>(
  'signers',
  `
  SELECT c.id AS "consentId", c.group_id AS "groupId", signer.*
  FROM registry.consent c
  JOIN registry.intervention_group g ON g.id = c.group_id
  JOIN registry.youth y ON y.id = g.youth
  CROSS JOIN LATERAL (
    -- C5: until 18, every guardian who has custody now; if the birth date is unknown, all are asked.
    (SELECT 'GUARDIAN_WITH_CUSTODY' AS capacity, k.guardian AS "guardianId", true AS "mustSign", false AS "givesOwnView",
      false AS "isOfAge",
      EXISTS (SELECT FROM registry.signature s WHERE s.consent = c.id AND s.guardian = k.guardian) AS "hasSigned",
      EXISTS (SELECT FROM registry.waiver w WHERE w.consent = c.id AND w.guardian = k.guardian) AS "isExcused"
    FROM registry.custody k
    WHERE k.youth = y.id AND k.starts_at <= registry.clock() AND (k.ends_at > registry.clock()) IS NOT FALSE
      AND (registry.clock() < registry.birthday(y.birth_date, 18)) IS NOT FALSE
    GROUP BY k.guardian ORDER BY min(k.starts_at), k.guardian)
    UNION ALL
    SELECT 'YOUTH', NULL,
      (registry.clock() >= registry.birthday(y.birth_date, 15)) IS NOT FALSE OR EXISTS (
        SELECT FROM registry.consent_grant cg JOIN registry.category k ON k.id = cg.category
        WHERE cg.consent = c.id AND k.youth_signs
      ),
      coalesce(registry.clock() < registry.birthday(y.birth_date, 15), false),
      coalesce(registry.clock() >= registry.birthday(y.birth_date, 18), false),
      EXISTS (SELECT FROM registry.signature s WHERE s.consent = c.id AND s.guardian IS NULL), false
  ) signer
  WHERE c.id = ANY (:consents::uuid[])`,
);

/** The persons who are asked to sign a consent: the guardians, longest custody first, then the youth. */
function signersOf(consentId: string, context: HubContext): Promise<Signer[]> {
  const loader = context.loader('signers', async (consents) => {
    const { rows } = await context.sector.pool.query<Signer & { consentId: string }>(SIGNERS({ consents }));
    return consents.map((consent) => rows.filter((signer) => signer.consentId === consent));
  });
  return loader.load(consentId);
}

/** The fields of a consent for those who prepare it. */
@Resolver(() => Consent)
export class ConsentSignersResolver {
  @Directive('@restricted(roles: [COORDINATOR])')
  @FieldResolver(() => [Signer], {
    nullable: true,
    description:
      'The people who are asked to sign the version now: the guardians with custody until the youth is 18, and last the youth. For the group’s coordinator; everyone else gets FORBIDDEN.',
  })
  signers(
    @Root() { id, groupId }: Consent,
    @Ctx() context: HubContext,
    @Info() { path }: GraphQLResolveInfo,
  ): Promise<Signer[]> | null {
    return membershipsOf(context).coordinates(groupId) ? signersOf(id, context) : context.deny('FORBIDDEN', path);
  }
}
