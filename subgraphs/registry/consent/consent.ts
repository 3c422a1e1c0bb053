import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Check, Entity, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { DateTime } from '../../../chassis/input/scalars.ts';
import { statement } from '../../../chassis/statement.ts';
import { InterventionGroupRow } from '../group/group.ts';
import { ACKNOWLEDGED, ACKNOWLEDGED_OR_ENDS } from '../sql/acknowledged.ts';
import { GRANT_LASTS_OR_ENDS, SIGNERS_CHANGE, VERSION_ENDS } from '../sql/ending.ts';
import { Instant, RecordedAt, References, Revision, Text } from '../sql/storage.ts';

/** One version of a group's consent. Its content never changes. */
@Entity({ tableName: 'consent' })
@Unique({ name: 'consent_version', properties: ['groupId', 'version'] })
@Check({ name: 'consent_period', expression: 'valid_from < valid_until' })
@Check({
  name: 'consent_maturity',
  expression: 'num_nonnulls(maturity_assessed_at, maturity_assessed_by, maturity_reason) in (0, 3)',
})
export class ConsentRow {
  [OptionalProps]?: 'id' | 'recordedAt' | 'fullySignedAt' | 'expiredAt' | 'revision';

  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => InterventionGroupRow)
  groupId!: string;

  @Property({ type: 'integer' })
  version!: number;

  @Instant()
  validFrom!: Date;

  @Instant()
  validUntil!: Date;

  @Text()
  purpose!: string;

  /** The reference under which the paper form, which carries name and number, is filed. */
  @Text()
  paperReference!: string;

  @Text()
  informationGiven!: string;

  @Text()
  language!: string;

  @Property({ type: 'boolean', default: false })
  interpreter!: boolean;

  @Text({ nullable: true })
  childView: string | null = null;

  @Instant({ nullable: true })
  maturityAssessedAt: Date | null = null;

  @Text({ nullable: true })
  maturityAssessedBy: string | null = null;

  @Text({ nullable: true })
  maturityReason: string | null = null;

  @RecordedAt()
  recordedAt!: Date;

  @Text()
  recordedBy!: string;

  /** Set by the database. */
  @Instant({ nullable: true })
  fullySignedAt!: Date | null;

  /** Set by the database. */
  @Instant({ nullable: true })
  expiredAt!: Date | null;

  @Revision()
  revision!: number;
}

/** A version that ends in favour of another (C7); set by the database. */
@Entity({ tableName: 'supersession' })
export class SupersessionRow {
  @References(() => ConsentRow, { primary: true })
  predecessor!: string;

  @References(() => ConsentRow, { primary: true })
  successor!: string;

  @Instant()
  supersededAt!: Date;

  @Property({ type: 'boolean', default: false })
  final!: boolean;
}

/** The present status of a consent, or of a grant of it (C5, C7). */
export enum ConsentStatus {
  DRAFT = 'DRAFT',
  PARTLY_SIGNED = 'PARTLY_SIGNED',
  SIGNED = 'SIGNED',
  EFFECTIVE = 'EFFECTIVE',
  SUSPENDED = 'SUSPENDED',
  ENDING = 'ENDING',
  REFUSED = 'REFUSED',
  WITHDRAWN = 'WITHDRAWN',
  SUPERSEDED = 'SUPERSEDED',
  EXPIRED = 'EXPIRED',
}

registerEnumType(ConsentStatus, {
  name: 'ConsentStatus',
  description: 'The state of a consent, or of a grant of it.',
  valuesConfig: {
    DRAFT: { description: 'Nobody has signed (utkast).' },
    PARTLY_SIGNED: { description: 'Some required signatures are missing (delvis undertecknat).' },
    SIGNED: { description: 'Fully signed, but not valid yet or not acknowledged by the source (undertecknat).' },
    EFFECTIVE: { description: 'In force (gäller). A consent is in force if at least one of its grants is.' },
    SUSPENDED: { description: 'A birthday or a change of custody made the signatures insufficient (vilande).' },
    ENDING: {
      description: 'Its end is recorded. Answers released under it may still be on their way for some seconds.',
    },
    REFUSED: { description: 'Refused, for ever (nekat).' },
    WITHDRAWN: { description: 'Withdrawn, for ever (återkallat).' },
    SUPERSEDED: { description: 'Replaced by a later version, for ever (ersatt).' },
    EXPIRED: { description: 'Past its end, for ever (utgånget).' },
  },
});

/** A version of a group's consent, as the group's members see it. */
@Directive('@restricted(relation: MEMBER)')
@ObjectType('Consent', {
  description:
    'A version of the consent under which a group works (samtycke). Every change is a new version with new signatures.',
})
export class Consent {
  readonly groupId!: string;

  @Field(() => ID, { nullable: true, description: 'The id (UUID).' })
  id!: string;

  @Field(() => Int, { nullable: true, description: 'The number of the version in the group, from 1.' })
  version!: number;

  @Field(() => ConsentStatus, { nullable: true, description: 'The state of the version now.' })
  status!: ConsentStatus;

  @Field(() => DateTime, { nullable: true, description: 'When the consent begins to apply.' })
  validFrom!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'The latest time until which the consent applies: its end, or the 18th birthday if somebody signed before that.',
  })
  validUntil!: Date;

  @Field(() => String, { nullable: true, description: 'The purpose of sharing the information (ändamål).' })
  purpose!: string;

  @Field(() => String, { nullable: true, description: 'The reference under which the signed paper form is filed.' })
  paperReference!: string;

  @Field(() => String, { nullable: true, description: 'The information given before signing, and how it was given.' })
  informationGiven!: string;

  @Field(() => String, { nullable: true, description: 'The language in which the information was given.' })
  language!: string;

  @Field(() => Boolean, { nullable: true, description: 'True if an interpreter was present (tolk).' })
  interpreter!: boolean;

  @Directive('@restricted(roles: [COORDINATOR])')
  @Field(() => String, {
    nullable: true,
    description: 'The child’s own view (barnets inställning). For the group’s coordinator.',
  })
  childView!: string | null;

  @Directive('@restricted(roles: [COORDINATOR])')
  @Field(() => String, {
    nullable: true,
    description: 'The reason why the youth was found mature enough to sign. For the group’s coordinator.',
  })
  maturityReason!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When the last required signature was recorded.' })
  fullySignedAt!: Date | null;

  @Directive('@restricted(roles: [COORDINATOR])')
  @Field(() => Int, {
    nullable: true,
    description:
      'The number of signatures and waivers recorded under the version, plus one. For the group’s coordinator. Send it as expectedRevision.',
  })
  revision!: number;
}

/**
 * The SQL of a version's status, from a row `v` of consent_standing. `effective` is SQL that is true if a grant is in force,
 * `ending` if one was in force until lately.
 */
export function standingSql(effective: string, ending = 'false'): string {
  return `CASE
    WHEN v.final AND ${VERSION_ENDS} THEN 'ENDING'
    WHEN v.fully_signed_at IS NOT NULL AND (v.expired OR NOT v.sufficient) AND ${SIGNERS_CHANGE} THEN 'ENDING'
    WHEN v.refused_at IS NOT NULL THEN 'REFUSED'
    WHEN v.withdrawn_at IS NOT NULL THEN 'WITHDRAWN'
    WHEN v.superseded THEN 'SUPERSEDED'
    WHEN v.expired THEN 'EXPIRED'
    WHEN v.fully_signed_at IS NULL THEN
      CASE WHEN EXISTS (SELECT FROM registry.signature x WHERE x.consent = v.consent) THEN 'PARTLY_SIGNED' ELSE 'DRAFT' END
    WHEN NOT v.sufficient THEN 'SUSPENDED'
    WHEN v.valid_from <= registry.clock() AND (${effective}) THEN 'EFFECTIVE'
    WHEN v.valid_from <= registry.clock() AND (${ending}) THEN 'ENDING'
    ELSE 'SIGNED'
  END`;
}

/** SQL that is true if the grant `cg` of the version `v` has ended by itself. */
const GRANT_ENDED = 'coalesce(cg.id = ANY (v.refused_grants || v.withdrawn_grants), false)';

const CONSENTS = statement<{ readonly groups: readonly string[] }>(
  'consents',
  `
  SELECT c.id, c.group_id AS "groupId", c.version, c.valid_from AS "validFrom", v.effective_until AS "validUntil",
    c.purpose, c.paper_reference AS "paperReference", c.information_given AS "informationGiven", c.language,
    c.interpreter, c.child_view AS "childView", c.maturity_reason AS "maturityReason",
    c.fully_signed_at AS "fullySignedAt", c.revision,
    ${standingSql(
      `EXISTS (
        SELECT FROM registry.consent_grant cg
        WHERE cg.consent = v.consent AND ${ACKNOWLEDGED} AND NOT ${GRANT_ENDED}
      )`,
      `EXISTS (
        SELECT FROM registry.consent_grant cg
        WHERE cg.consent = v.consent AND ${ACKNOWLEDGED_OR_ENDS} AND ${GRANT_LASTS_OR_ENDS}
      )`,
    )} AS status
  FROM registry.consent_standing v JOIN registry.consent c ON c.id = v.consent
  WHERE c.group_id = ANY (:groups::uuid[])
  ORDER BY c.version DESC`,
);

/** The versions of a group's consent, latest first, by one statement for all groups of a request. */
export function consentsOf(groupId: string, context: HubContext): Promise<Consent[]> {
  const loader = context.loader('consents', async (groups) => {
    const { rows } = await context.sector.pool.query<Consent>(CONSENTS({ groups }));
    return groups.map((group) => rows.filter((consent) => consent.groupId === group));
  });
  return loader.load(groupId);
}
