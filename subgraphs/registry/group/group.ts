import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Check, Entity, Enum, Index, PrimaryKey } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { DateTime } from '../../../chassis/input/scalars.ts';
import { statement } from '../../../chassis/statement.ts';
import { bareYouth, Youth } from '../../../chassis/youth/youth.ts';
import { Agency, AgencyRow, agencySql } from '../catalogue/agency.ts';
import { PROGRAMME_SQL, Programme, ProgrammeRow } from '../catalogue/programme.ts';
import { ACKNOWLEDGED_OR_ENDS } from '../sql/acknowledged.ts';
import { GRANT_LASTS_OR_ENDS, SIGNERS_CHANGE, VERSION_ENDS } from '../sql/ending.ts';
import { Instant, RecordedAt, References, Revision } from '../sql/storage.ts';
import { YouthRow } from '../youth/youth.ts';

/** The reason for the end of a group. */
export enum GroupEndReason {
  GOALS_MET = 'GOALS_MET',
  WITHDRAWN = 'WITHDRAWN',
  AGED_OUT = 'AGED_OUT',
  MOVED = 'MOVED',
  DECLINED = 'DECLINED',
  OTHER = 'OTHER',
}

/** The agencies' cooperation around one youth (insatsgrupp). */
@Entity({ tableName: 'intervention_group' })
@Index({ name: 'intervention_group_youth', properties: ['youth'] })
@Check({ name: 'intervention_group_ended', expression: '(ended_at is null) = (end_reason is null)' })
export class InterventionGroupRow {
  [OptionalProps]?: 'id' | 'proposedAt' | 'openedAt' | 'endedAt' | 'endReason' | 'revision';

  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => YouthRow)
  youth!: string;

  @References(() => ProgrammeRow)
  programme!: string;

  @References(() => AgencyRow)
  leadAgency!: number;

  @RecordedAt()
  proposedAt!: Date;

  @Instant({ nullable: true })
  openedAt!: Date | null;

  @Instant({ nullable: true })
  endedAt!: Date | null;

  @Enum({ items: () => GroupEndReason, nullable: true })
  endReason!: GroupEndReason | null;

  @Revision()
  revision!: number;
}

/** The status of a group. ACTIVE is derived: an open group with an effective consent (C4). */
export enum GroupStatus {
  PROPOSED = 'PROPOSED',
  AWAITING_CONSENT = 'AWAITING_CONSENT',
  ACTIVE = 'ACTIVE',
  ENDED = 'ENDED',
}

registerEnumType(GroupStatus, {
  name: 'GroupStatus',
  description: 'The stage of a group.',
  valuesConfig: {
    PROPOSED: { description: 'Proposed: the lead agency alone knows of the youth (föreslagen).' },
    AWAITING_CONSENT: { description: 'Open, without an effective consent (väntar på samtycke).' },
    ACTIVE: { description: 'Open, with an effective consent (pågår).' },
    ENDED: { description: 'Ended (avslutad).' },
  },
});

registerEnumType(GroupEndReason, {
  name: 'GroupEndReason',
  description: 'Why a group ended.',
  valuesConfig: {
    GOALS_MET: { description: 'The goals are met.' },
    WITHDRAWN: { description: 'The consent was withdrawn.' },
    AGED_OUT: { description: 'The youth is too old for the programme.' },
    MOVED: { description: 'The youth moved.' },
    DECLINED: { description: 'The youth or a guardian declined.' },
    OTHER: { description: 'Another reason.' },
  },
});

/** A group, as its members see it. */
@Directive('@restricted(relation: MEMBER)')
@ObjectType('InterventionGroup', {
  description:
    'The cooperation of agencies around one youth (insatsgrupp). Only its members see it, until it ends; after that the last coordinator finds it by groups(status: ENDED).',
})
export class InterventionGroup {
  readonly groupId!: string;

  @Field(() => ID, { nullable: true, description: 'The id (UUID).' })
  id!: string;

  @Field(() => Youth, { nullable: true, description: 'The youth that the group is about.' })
  youth!: Youth;

  @Field(() => GroupStatus, { nullable: true, description: 'The stage of the group.' })
  status!: GroupStatus;

  @Field(() => Programme, {
    nullable: true,
    description: 'The version of the programme under which the group was proposed.',
  })
  programme!: Programme;

  @Field(() => Agency, { nullable: true, description: 'The agency that leads the group.' })
  leadAgency!: Agency;

  @Field(() => DateTime, { nullable: true, description: 'When it was proposed.' })
  proposedAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was opened.' })
  openedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it ended. Null while it lasts.' })
  endedAt!: Date | null;

  @Field(() => GroupEndReason, { nullable: true, description: 'Why it ended. Null while it lasts.' })
  endReason!: GroupEndReason | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'The number of changes of the group: opened, a seat added, a version of its consent proposed. Send it as expectedRevision.',
  })
  revision!: number;

  @Directive('@restricted(roles: [COORDINATOR])')
  @Field(() => Int, {
    nullable: true,
    description:
      'The number of changes recorded about the youth: date of birth, custody, protection. For the group’s coordinator. Send it as expectedRevision.',
  })
  youthRevision!: number;
}

/** The SQL of a group's status, from a row `g`. It stays ACTIVE while the consent that made it active is shown as ending. */
export const GROUP_STATUS_SQL = `CASE
  WHEN g.ended_at IS NOT NULL THEN 'ENDED'
  WHEN g.opened_at IS NULL THEN 'PROPOSED'
  WHEN EXISTS (
    SELECT FROM registry.consent_standing v JOIN registry.consent_grant cg ON cg.consent = v.consent
    WHERE v.group_id = g.id AND v.fully_signed_at IS NOT NULL
      AND (NOT v.final AND v.sufficient OR NOT v.expired AND ${VERSION_ENDS} OR ${SIGNERS_CHANGE})
      AND v.valid_from <= registry.clock() AND ${ACKNOWLEDGED_OR_ENDS} AND ${GRANT_LASTS_OR_ENDS}
  ) THEN 'ACTIVE'
  ELSE 'AWAITING_CONSENT'
END`;

const GROUPS = statement<{ readonly ids: readonly string[] }>(
  'groups',
  `
  SELECT g.id, g.id AS "groupId", g.youth AS "youthId", ${GROUP_STATUS_SQL} AS status, ${PROGRAMME_SQL} AS programme,
    ${agencySql('lead')} AS "leadAgency", g.proposed_at AS "proposedAt", g.opened_at AS "openedAt",
    g.ended_at AS "endedAt", g.end_reason AS "endReason", g.revision,
    y.revision AS "youthRevision"
  FROM registry.intervention_group g
  JOIN registry.programme p ON p.id = g.programme
  JOIN registry.agency lead ON lead.id = g.lead_agency
  JOIN registry.youth y ON y.id = g.youth
  WHERE g.id = ANY (:ids::uuid[])`,
);

/** The groups with these ids, in their order. The caller must have been found to be a member of each. */
export async function groupsOf(ids: readonly string[], context: HubContext): Promise<InterventionGroup[]> {
  const loader = context.loader('groups', async (asked) => {
    const { rows } = await context.sector.pool.query<InterventionGroup & { youthId: string }>(GROUPS({ ids: asked }));
    const byId = new Map(rows.map(({ youthId, ...group }) => [group.id, { ...group, youth: bareYouth(youthId) }]));
    return asked.map((id) => byId.get(id) ?? null);
  });
  const groups = await Promise.all(ids.map((id) => loader.load(id)));
  return groups.filter((group) => group !== null);
}
