import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Check, Entity, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { DateOnly, DateTime } from '../../../chassis/input/scalars.ts';
import { statement } from '../../../chassis/statement.ts';
import { Agency, AgencyRow, agencySql } from '../catalogue/agency.ts';
import { CategoryRow, categorySql, InformationCategory } from '../catalogue/category.ts';
import { membershipsOf } from '../entry/membership.ts';
import { ACKNOWLEDGED, ACKNOWLEDGED_OR_ENDS } from '../sql/acknowledged.ts';
import { isEndingSql, SIGNERS_CHANGE } from '../sql/ending.ts';
import { Instant, References, Text } from '../sql/storage.ts';
import { ConsentRow, ConsentStatus, standingSql } from './consent.ts';

/** A permission, under a consent, for one agency to share a kind of information with another. */
@Entity({ tableName: 'consent_grant' })
@Unique({ name: 'consent_grant_triple', properties: ['consent', 'source', 'recipient', 'category'] })
@Check({ name: 'consent_grant_crosses', expression: 'source <> recipient' })
@Check({ name: 'consent_grant_period', expression: 'data_from < data_to' })
@Check({ name: 'consent_grant_acknowledged', expression: '(acknowledged_at is null) = (acknowledged_by is null)' })
@Check({
  name: 'consent_grant_acknowledged_for',
  expression: 'acknowledged_for is null or acknowledged_by is not null',
})
export class ConsentGrantRow {
  [OptionalProps]?: 'id' | 'acknowledgedAt' | 'acknowledgedBy' | 'acknowledgedFor';

  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => ConsentRow)
  consent!: string;

  @References(() => AgencyRow)
  source!: number;

  @References(() => AgencyRow)
  recipient!: number;

  @References(() => CategoryRow)
  category!: number;

  @Property({ type: 'date', nullable: true })
  dataFrom: string | null = null;

  @Property({ type: 'date', nullable: true })
  dataTo: string | null = null;

  @Instant({ nullable: true })
  acknowledgedAt!: Date | null;

  @Text({ nullable: true })
  acknowledgedBy!: string | null;

  /** The person for whom a system acknowledged. */
  @Text({ nullable: true })
  acknowledgedFor!: string | null;
}

/** A grant, as its source, its recipient and the coordinator see it. */
@Directive('@restricted(relation: MEMBER)')
@ObjectType('Grant', {
  description: 'A permission in a consent for one agency to share a kind of information with another (medgivande).',
})
export class Grant {
  readonly groupId!: string;

  @Field(() => ID, { nullable: true, description: 'The id (UUID).' })
  id!: string;

  @Field(() => Agency, { nullable: true, description: 'The agency that owns the information.' })
  source!: Agency;

  @Field(() => Agency, { nullable: true, description: 'The agency that may read the information.' })
  recipient!: Agency;

  @Field(() => InformationCategory, { nullable: true, description: 'The kind of information.' })
  category!: InformationCategory;

  @Field(() => DateOnly, { nullable: true, description: 'Records from this day on. Null: however old.' })
  dataFrom!: string | null;

  @Field(() => DateOnly, { nullable: true, description: 'Records before this day. Null: however new.' })
  dataTo!: string | null;

  @Field(() => ConsentStatus, { nullable: true, description: 'The state of the version now.' })
  status!: ConsentStatus;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When the source acknowledged the fully signed version, after comparing it with the signed paper form. Null until then.',
  })
  acknowledgedAt!: Date | null;
}

const GRANTS = statement<{ readonly consents: readonly string[] }>(
  'grants',
  `
  SELECT cg.id, cg.consent AS "consentId", v.group_id AS "groupId", ${agencySql('s')} AS source,
    ${agencySql('r')} AS recipient, ${categorySql('k')} AS category, cg.data_from AS "dataFrom", cg.data_to AS "dataTo",
    CASE WHEN ${ACKNOWLEDGED} THEN cg.acknowledged_at END AS "acknowledgedAt",
    CASE
      WHEN ${isEndingSql('ended.at')} AND NOT v.final THEN 'ENDING'
      WHEN ended.kind = 'REFUSAL' AND NOT v.final THEN 'REFUSED'
      WHEN ended.kind = 'WITHDRAWAL' AND NOT v.final THEN 'WITHDRAWN'
      WHEN k.youth_signs AND NOT v.youth_signed AND NOT v.final THEN
        CASE WHEN v.fully_signed_at IS NOT NULL AND ${SIGNERS_CHANGE} THEN 'ENDING' ELSE 'PARTLY_SIGNED' END
      ELSE ${standingSql(ACKNOWLEDGED, ACKNOWLEDGED_OR_ENDS)}
    END AS status
  FROM registry.consent_grant cg
  JOIN registry.consent_standing v ON v.consent = cg.consent
  JOIN registry.agency s ON s.id = cg.source
  JOIN registry.agency r ON r.id = cg.recipient
  JOIN registry.category k ON k.id = cg.category
  LEFT JOIN LATERAL (
    SELECT x.kind, x.ended_at AS at FROM registry.statement_reach x
    WHERE x.consent = cg.consent AND x.consent_grant = cg.id ORDER BY x.kind, x.ended_at LIMIT 1
  ) ended ON true
  WHERE cg.consent = ANY (:consents::uuid[])
  ORDER BY s.code, r.code, k.code`,
);

/** The grants of a consent that the caller may see: those of the own agency, or all for the group's coordinator. */
export async function grantsOf(consentId: string, context: HubContext): Promise<Grant[]> {
  const loader = context.loader('grants', async (consents) => {
    const { rows } = await context.sector.pool.query<Grant & { consentId: string }>(GRANTS({ consents }));
    return consents.map((consent) => rows.filter((grant) => grant.consentId === consent));
  });
  const grants = await loader.load(consentId);
  const { agency } = context.caller;
  const sees = ({ groupId, source, recipient }: Grant) =>
    membershipsOf(context).coordinates(groupId) || source.code === agency || recipient.code === agency;
  return grants.filter(sees);
}
