import { Ctx, Directive, Field, FieldResolver, ObjectType, Resolver, Root } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { DateTime } from '../../../chassis/input/scalars.ts';
import { statement } from '../../../chassis/statement.ts';
import { Agency, agencySql } from '../catalogue/agency.ts';
import { Receipt } from '../change/change.ts';
import { membershipsOf } from '../entry/membership.ts';
import { ACKNOWLEDGED } from '../sql/acknowledged.ts';
import { Consent } from './consent.ts';

/** The transition to a version of a consent: from when what is read, and who still has to acknowledge. */
@Directive('@open(reason: "Instants and agencies, for those who see the version that they belong to.")')
@ObjectType('ConsentTransition', {
  description:
    'The transition to a version of a consent (övergång): from when its grants are read, until when earlier ones are, and who still has to acknowledge.',
})
export class ConsentTransition {
  @Field(() => DateTime, {
    nullable: true,
    description:
      'Until when an earlier version in force is read. While signatures are missing, the last one must be recorded by readFrom; if it comes later, the earlier version is read until then. Null if no earlier version is in force.',
  })
  presentUntil!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'From when the version’s grants are read at the earliest, each once its source has acknowledged it. Null if the version has ended.',
  })
  readFrom!: Date | null;

  @Field(() => [Agency], {
    description:
      'The source agencies that still have to acknowledge the version, once it is fully signed. Members other than the coordinator see their own agency only.',
  })
  toAcknowledge!: Agency[];
}

/** SQL that is true if the version `alias` of consent_standing is in force, or will be when it begins. */
function inForceSql(alias: string): string {
  return `(${alias}.fully_signed_at IS NOT NULL AND NOT ${alias}.final AND ${alias}.sufficient)`;
}

const TRANSITIONS = statement<{ readonly consents: readonly string[] }>(
  'transitions',
  `
  SELECT v.consent AS "consentId",
    CASE WHEN NOT v.final THEN greatest(v.valid_from, signed.at) END AS "readFrom",
    (
      SELECT max(least(earlier.effective_until, earlier.superseded_at, greatest(v.valid_from, signed.at)))
      FROM registry.consent_standing earlier
      WHERE earlier.group_id = v.group_id AND earlier.version < v.version AND ${inForceSql('earlier')}
    ) AS "presentUntil",
    (
      SELECT coalesce(jsonb_agg(${agencySql('a')} ORDER BY a.code), '[]') FROM registry.agency a
      WHERE NOT v.final AND EXISTS (
        SELECT FROM registry.consent_grant cg
        WHERE cg.consent = v.consent AND cg.source = a.id AND NOT ${ACKNOWLEDGED}
          AND (cg.id = ANY (v.refused_grants || v.withdrawn_grants)) IS NOT TRUE
      )
    ) AS "toAcknowledge"
  FROM registry.consent_standing v
  -- While signatures are missing, the last one can be recorded now at the earliest.
  CROSS JOIN LATERAL (SELECT coalesce(v.fully_signed_at, registry.clock()) AS at) signed
  WHERE v.consent = ANY (:consents::uuid[])`,
);

/** The transition to a version, by one statement for all versions of a request. */
async function transitionTo(consentId: string, context: HubContext): Promise<ConsentTransition | null> {
  const loader = context.loader('transitions', async (consents) => {
    type Found = ConsentTransition & { readonly consentId: string };
    const { rows } = await context.sector.pool.query<Found>(TRANSITIONS({ consents }));
    return consents.map((consent) => rows.find((row) => row.consentId === consent) ?? null);
  });
  return loader.load(consentId);
}

/** The transition on a version, for the group's members. */
@Resolver(() => Consent)
export class ConsentTransitionResolver {
  @Directive('@restricted(relation: MEMBER)')
  @FieldResolver(() => ConsentTransition, {
    nullable: true,
    description: 'From when what is read under the version, and who still has to acknowledge it.',
  })
  async transition(@Root() { id, groupId }: Consent, @Ctx() context: HubContext): Promise<ConsentTransition | null> {
    const found = await transitionTo(id, context);
    if (found === null || membershipsOf(context).coordinates(groupId)) return found;
    return { ...found, toAcknowledge: found.toAcknowledge.filter(({ code }) => code === context.caller.agency) };
  }
}

/** The transition on the receipt of a change to a version, for the coordinator who made it. */
@Resolver(() => Receipt)
export class ReceiptTransitionResolver {
  @FieldResolver(() => ConsentTransition, {
    nullable: true,
    description:
      'For proposeConsent, signConsent and waiveSignature: from when what is read, and who still has to acknowledge. Null for other changes, and when a repeated key gets its earlier answer.',
  })
  async transition(@Root() { consentId }: Receipt, @Ctx() context: HubContext): Promise<ConsentTransition | null> {
    return consentId === undefined ? null : transitionTo(consentId, context);
  }
}
