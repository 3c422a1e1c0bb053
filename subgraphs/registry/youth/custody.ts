import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Check, Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { DateTime } from '../../../chassis/input/scalars.ts';
import { statement } from '../../../chassis/statement.ts';
import { membershipsOf } from '../entry/membership.ts';
import { Instant, RecordedAt, References } from '../sql/storage.ts';
import { YouthRow } from './youth.ts';

/** A guardian's custody of a youth (vårdnad), with a random id for the guardian. */
@Entity({ tableName: 'custody' })
@Index({ name: 'custody_youth', properties: ['youth'] })
@Check({ name: 'custody_period', expression: 'starts_at < ends_at' })
export class CustodyRow {
  [OptionalProps]?: 'id' | 'recordedAt' | 'endRecordedAt';

  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => YouthRow)
  youth!: string;

  @Property({ type: 'uuid' })
  guardian!: string;

  @Instant()
  startsAt!: Date;

  @Instant({ nullable: true })
  endsAt: Date | null = null;

  @RecordedAt()
  recordedAt!: Date;

  /** The time at which the end was recorded; set by the database. */
  @Instant({ nullable: true })
  endRecordedAt!: Date | null;
}

/** A guardian's custody, as the group's coordinator sees it. */
@Directive('@restricted(relation: MEMBER)')
@ObjectType('Custody', { description: 'A guardian’s custody of the youth (vårdnad), by a random id.' })
export class Custody {
  readonly groupId!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The random id of the guardian. The paper form shows whose it is.',
  })
  guardianId!: string;

  @Field(() => DateTime, { nullable: true, description: 'When custody started.' })
  startsAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When custody ended. Null while it lasts.' })
  endsAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was recorded. It counts from then.' })
  recordedAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When the end was recorded. The end counts from then.' })
  endRecordedAt!: Date | null;
}

const CUSTODY = statement<{ readonly groups: readonly string[] }>(
  'custody',
  `
  SELECT g.id AS "groupId", k.guardian AS "guardianId", k.starts_at AS "startsAt", k.ends_at AS "endsAt",
    k.recorded_at AS "recordedAt", k.end_recorded_at AS "endRecordedAt"
  FROM registry.intervention_group g JOIN registry.custody k ON k.youth = g.youth
  WHERE g.id = ANY (:groups::uuid[])
  ORDER BY k.starts_at, k.guardian`,
);

/** The present and past custody of a group's youth; empty for those who do not coordinate the group. */
export async function custodyOf(groupId: string, context: HubContext): Promise<Custody[]> {
  if (!membershipsOf(context).coordinates(groupId)) return [];
  const loader = context.loader('custody', async (groups) => {
    const { rows } = await context.sector.pool.query<Custody>(CUSTODY({ groups }));
    return groups.map((group) => rows.filter((custody) => custody.groupId === group));
  });
  return loader.load(groupId);
}
