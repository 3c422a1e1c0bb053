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

/** What somebody said. */
export enum StatementKind {
  REFUSAL = 'REFUSAL',
  WITHDRAWAL = 'WITHDRAWAL',
}

/** A refusal or withdrawal as it was told (C6), by a guardian or, without one, the youth; of one grant or of all. */
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

  /** The one version that it is about, when whoever said it said so. */
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

  /** Weighed by the database: false leaves it a note that ends nothing. */
  @Property({ type: 'boolean', defaultRaw: 'false' })
  counts!: boolean;
}

/** What a statement ended; settled by the database. */
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

/** What became of a version by what somebody said. */
export enum StatementEffect {
  NOTED = 'NOTED',
  ENDING = 'ENDING',
  ENDED = 'ENDED',
}

registerEnumType(StatementKind, {
  name: 'StatementKind',
  description: 'What somebody said of a consent (C6).',
  valuesConfig: {
    REFUSAL: { description: 'No, before it was in force (nekande).' },
    WITHDRAWAL: { description: 'No longer (återkallelse).' },
  },
});

registerEnumType(StatementEffect, {
  name: 'StatementEffect',
  description: 'What a refusal or withdrawal did to a version of a consent.',
  valuesConfig: {
    NOTED: { description: 'Nothing: whoever said it has no custody of the youth, or it was about what had ended.' },
    ENDING: {
      description: 'It ended what it is about; what was released before may still be on its way for some seconds.',
    },
    ENDED: { description: 'It ended what it is about, for ever.' },
  },
});

/** What somebody said of a version, as the group's coordinator sees it. */
@Directive('@restricted(relation: MEMBER)')
@ObjectType('Statement', { description: 'A refusal or withdrawal of a version of a consent, as it was told (C6).' })
export class Statement {
  readonly groupId!: string;

  @Field(() => ID, { nullable: true, description: 'The id (UUID).' })
  id!: string;

  @Field(() => StatementKind, { nullable: true, description: 'What was said.' })
  kind!: StatementKind;

  @Field(() => ID, { nullable: true, description: 'The random id of the guardian who said it; null: the youth did.' })
  guardianId!: string | null;

  @Field(() => Agency, { nullable: true, description: 'Of one grant: whose information it is; null: of the whole.' })
  source!: Agency | null;

  @Field(() => Agency, { nullable: true, description: 'Of one grant: who may not read it any more.' })
  recipient!: Agency | null;

  @Field(() => InformationCategory, { nullable: true, description: 'Of one grant: which kind of information.' })
  category!: InformationCategory | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Did whoever said it say that the group’s other versions go on?',
  })
  onlyThisVersion!: boolean;

  @Field(() => String, { nullable: true, description: 'How it was said, as phone or meeting.' })
  channel!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was said.' })
  toldAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was recorded; it counts from then.' })
  recordedAt!: Date;

  @Field(() => StatementEffect, { nullable: true, description: 'What it did to this version.' })
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
    -- What ended nothing is a note on every version that it can have been about.
    OR NOT EXISTS (SELECT FROM registry.statement_reach r WHERE r.statement = s.id)
      AND s.recorded_at >= c.recorded_at AND coalesce(s.only_consent = c.id, true)
  )
  ORDER BY s.recorded_at, s.id`,
);

/** What was said of a consent, in the order of recording; one statement for all consents of a request. */
function statementsOf(consentId: string, context: HubContext): Promise<Statement[]> {
  const loader = context.loader('statements', async (consents) => {
    const { rows } = await context.sector.pool.query<Statement & { consentId: string }>(STATEMENTS({ consents }));
    return consents.map((consent) => rows.filter((said) => said.consentId === consent));
  });
  return loader.load(consentId);
}

/** What was said of a consent. */
@Resolver(() => Consent)
export class ConsentStatementsResolver {
  @Directive('@restricted(roles: [COORDINATOR])')
  @FieldResolver(() => [Statement], {
    nullable: true,
    description:
      'The refusals and withdrawals that reached it, and what was noted about it without ending anything, in the order of recording. For the group’s coordinator; FORBIDDEN for others.',
  })
  statements(
    @Root() { id, groupId }: Consent,
    @Ctx() context: HubContext,
    @Info() { path }: GraphQLResolveInfo,
  ): Promise<Statement[]> | null {
    return membershipsOf(context).coordinates(groupId) ? statementsOf(id, context) : context.deny('FORBIDDEN', path);
  }
}
