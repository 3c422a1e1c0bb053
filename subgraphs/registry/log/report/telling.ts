import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Entity, Enum, Index, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../../../../chassis/input/scalars.ts';
import { Agency, AgencyRow } from '../../catalogue/agency.ts';
import { RecordedAt, References, Text } from '../../sql/storage.ts';

/** Whether the extract for the youth may tell of an entry. */
export enum TellingDecision {
  LEAVE_OUT = 'LEAVE_OUT',
  TELL = 'TELL',
}

registerEnumType(TellingDecision, {
  name: 'TellingDecision',
  description: 'A decision on whether the extract for the youth (accessReport) shows an entry of the access log.',
  valuesConfig: {
    LEAVE_OUT: { description: 'The entry is left out, because the law forbids showing it.' },
    TELL: { description: 'The entry may be shown after all.' },
  },
});

/** An agency's decision whether the extract for the youth lists an entry. It is never changed: the agency's latest decision counts. */
@Entity({ tableName: 'telling' })
@Unique({ name: 'telling_revision', properties: ['entry', 'agency', 'revision'] })
@Index({ name: 'telling_youth', properties: ['youth', 'recordedAt'] })
export class TellingRow {
  [OptionalProps]?: 'id' | 'recordedAt';

  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @Property({ type: 'uuid' })
  entry!: string;

  /** Whom the entry is about. */
  @Property({ type: 'uuid' })
  youth!: string;

  @References(() => AgencyRow)
  agency!: number;

  /** Counts the agency's decisions on the entry, from 1. */
  @Property({ type: 'integer' })
  revision!: number;

  @Enum({ items: () => TellingDecision })
  decision!: TellingDecision;

  @Text()
  ground!: string;

  @RecordedAt()
  recordedAt!: Date;

  @Text()
  recordedBy!: string;
}

/** A decision about telling of an entry, as those see it who may decide. */
@Directive('@restricted(roles: [AUDITOR, MANAGER])')
@ObjectType('Telling', {
  description:
    'A decision on whether the extract for the youth may show an entry of the access log (beslut om utlämnande).',
})
export class Telling {
  @Field(() => ID, { nullable: true, description: 'The id of the decision (UUID).' })
  id!: string;

  @Field(() => ID, { nullable: true, description: 'The entry that the decision is about.' })
  entryId!: string;

  @Field(() => Agency, { nullable: true, description: 'The agency that decided.' })
  agency!: Agency;

  @Field(() => TellingDecision, { nullable: true, description: 'The decision.' })
  decision!: TellingDecision;

  @Field(() => String, { nullable: true, description: 'The ground of the decision.' })
  ground!: string;

  @Field(() => Int, {
    nullable: true,
    description:
      'The number of this decision among the agency’s decisions on the entry, from 1. The highest number counts. Send it as expectedRevision to change the decision.',
  })
  revision!: number;

  @Field(() => DateTime, { nullable: true, description: 'When it was decided.' })
  recordedAt!: Date;

  @Field(() => String, { nullable: true, description: 'The subject of the person who decided.' })
  recordedBy!: string;
}
