import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Check, Entity, Enum, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { GraphQLResolveInfo } from 'graphql';
import {
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  Info,
  ObjectType,
  Resolver,
  Root,
  registerEnumType,
} from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { DateTime } from '../../../chassis/input/scalars.ts';
import { statement } from '../../../chassis/statement.ts';
import { Agency, AgencyRow, agencySql } from '../catalogue/agency.ts';
import { CategoryRow, categorySql, InformationCategory } from '../catalogue/category.ts';
import { membershipsOf } from '../entry/membership.ts';
import { InterventionGroupRow } from '../group/group.ts';
import { isEndingSql } from '../sql/ending.ts';
import { Instant, RecordedAt, References, Text } from '../sql/storage.ts';
import { Consent, ConsentRow } from './consent.ts';
import { ConsentGrantRow } from './grant.ts';

/** The kind of a statement. */
export enum StatementKind {
  REFUSAL = 'REFUSAL',
  WITHDRAWAL = 'WITHDRAWAL',
}

/** A refusal or withdrawal of one grant or of all (C6), by a guardian or, without one, by the youth. */
@Entity({ tableName: 'statement' })
@Index({ name: 'statement_group', properties: ['groupId'] })
@Check({ name: 'statement_scope', expression: 'num_nonnulls(source, recipient, category) in (0, 3)' })
@Check({ name: 'statement_told', expression: 'told_at <= recorded_at' })
export class StatementRow {
  [OptionalProps]?: 'id' | 'recordedAt' | 'counts';

  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => InterventionGroupRow)
  groupId!: string;

  @Enum({ items: () => StatementKind })
  kind!: StatementKind;

  @Property({ type: 'uuid', nullable: true })
  guardian: string | null = null;

  @References(() => AgencyRow, { nullable: true })
  source: number | null = null;

  @References(() => AgencyRow, { nullable: true })
  recipient: number | null = null;

  @References(() => CategoryRow, { nullable: true })
  category: number | null = null;

  /** The only version that it is about, if the signer said so. */
  @References(() => ConsentRow, { nullable: true })
  onlyConsent: string | null = null;

  @Text()
  channel!: string;

  @Instant()
  toldAt!: Date;

  @RecordedAt()
  recordedAt!: Date;

  @Text()
  recordedBy!: string;

  /** Set by the database: if false, it is a note that ends nothing. */
  @Property({ type: 'boolean', defaultRaw: 'false' })
  counts!: boolean;
}

/** A version or grant that a statement ended; set by the database. */
@Entity({ tableName: 'statement_reach' })
@Index({ name: 'statement_reach_consent', properties: ['consent'] })
export class StatementReachRow {
  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => StatementRow)
  statement!: string;

  @References(() => ConsentRow)
  consent!: string;

  @References(() => ConsentGrantRow, { nullable: true })
  consentGrant: string | null = null;

  @Enum({ items: () => StatementKind })
  kind!: StatementKind;

  @Instant()
  endedAt!: Date;
}

/** The effect of a statement on a version. */
export enum StatementEffect {
  NOTED = 'NOTED',
  ENDING = 'ENDING',
  ENDED = 'ENDED',
}

registerEnumType(StatementKind, {
  name: 'StatementKind',
  description: 'The kind of statement that somebody made about a consent.',
  valuesConfig: {
    REFUSAL: { description: 'A refusal: no, before the consent was in force (nekande).' },
    WITHDRAWAL: { description: 'A withdrawal: no longer (återkallelse).' },
  },
});

registerEnumType(StatementEffect, {
  name: 'StatementEffect',
  description: 'The effect of a refusal or withdrawal on a version of a consent.',
  valuesConfig: {
    NOTED: {
      description:
        'No effect: the person has no custody of the youth, or the statement was about something that had ended.',
    },
    ENDING: {
      description:
        'It ended the consent or grant in question. Earlier answers may still be on their way for some seconds.',
    },
    ENDED: { description: 'It ended the consent or grant in question for ever.' },
  },
});

/** A statement about a version, as the group's coordinator sees it. */
@Directive('@restricted(relation: MEMBER)')
@ObjectType('Statement', { description: 'A refusal or withdrawal of a version of a consent, as somebody told it.' })
export class Statement {
  readonly groupId!: string;

  @Field(() => ID, { nullable: true, description: 'The id (UUID).' })
  id!: string;

  @Field(() => StatementKind, { nullable: true, description: 'The kind of statement.' })
  kind!: StatementKind;

  @Field(() => ID, {
    nullable: true,
    description: 'The random id of the guardian who made the statement. Null: the youth made it.',
  })
  guardianId!: string | null;

  @Field(() => Agency, {
    nullable: true,
    description: 'If it is about one grant, the agency that owns the information. Null: it is about the whole consent.',
  })
  source!: Agency | null;

  @Field(() => Agency, {
    nullable: true,
    description: 'If it is about one grant, the agency that may no longer read the information.',
  })
  recipient!: Agency | null;

  @Field(() => InformationCategory, {
    nullable: true,
    description: 'If it is about one grant, the kind of information.',
  })
  category!: InformationCategory | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True if the person said that the group’s other versions continue.',
  })
  onlyThisVersion!: boolean;

  @Field(() => String, { nullable: true, description: 'The channel, for example telephone or a meeting.' })
  channel!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was told.' })
  toldAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was recorded. It counts from then.' })
  recordedAt!: Date;

  @Field(() => StatementEffect, { nullable: true, description: 'The effect on this version.' })
  effect!: StatementEffect;
}

const STATEMENTS = statement<{ readonly consents: readonly string[] }>(
  'statements',
  `
  SELECT c.id AS "consentId", c.group_id AS "groupId", s.id, s.kind, s.guardian AS "guardianId",
    CASE WHEN source.id IS NOT NULL THEN ${agencySql('source')} END AS source,
    CASE WHEN recipient.id IS NOT NULL THEN ${agencySql('recipient')} END AS recipient,
    CASE WHEN k.id IS NOT NULL THEN ${categorySql('k')} END AS category,
    s.only_consent IS NOT NULL AS "onlyThisVersion", s.channel, s.told_at AS "toldAt", s.recorded_at AS "recordedAt",
    CASE WHEN reach.ended_at IS NULL THEN 'NOTED' WHEN ${isEndingSql('reach.ended_at')} THEN 'ENDING' ELSE 'ENDED' END
      AS effect
  FROM registry.consent c
  JOIN registry.statement s ON s.group_id = c.group_id
  LEFT JOIN registry.statement_reach reach ON reach.statement = s.id AND reach.consent = c.id
  LEFT JOIN registry.agency source ON source.id = s.source
  LEFT JOIN registry.agency recipient ON recipient.id = s.recipient
  LEFT JOIN registry.category k ON k.id = s.category
  WHERE c.id = ANY (:consents::uuid[]) AND (
    reach.ended_at IS NOT NULL
    -- A statement that ended nothing is a note on every version that it can have been about.
    OR NOT EXISTS (SELECT FROM registry.statement_reach r WHERE r.statement = s.id)
      AND s.recorded_at >= c.recorded_at AND coalesce(s.only_consent = c.id, true)
  )
  ORDER BY s.recorded_at, s.id`,
);

/** The statements about a consent, in the order of recording, by one SQL statement for all consents of a request. */
function statementsOf(consentId: string, context: HubContext): Promise<Statement[]> {
  const loader = context.loader('statements', async (consents) => {
    const { rows } = await context.sector.pool.query<Statement & { consentId: string }>(STATEMENTS({ consents }));
    return consents.map((consent) => rows.filter((said) => said.consentId === consent));
  });
  return loader.load(consentId);
}

/** The statements about a consent. */
@Resolver(() => Consent)
export class ConsentStatementsResolver {
  @Directive('@restricted(roles: [COORDINATOR])')
  @FieldResolver(() => [Statement], {
    nullable: true,
    description:
      'The refusals and withdrawals that reached the version, and notes that ended nothing, in the order of recording. For the group’s coordinator; everyone else gets FORBIDDEN.',
  })
  statements(
    @Root() { id, groupId }: Consent,
    @Ctx() context: HubContext,
    @Info() { path }: GraphQLResolveInfo,
  ): Promise<Statement[]> | null {
    return membershipsOf(context).coordinates(groupId) ? statementsOf(id, context) : context.deny('FORBIDDEN', path);
  }
}
