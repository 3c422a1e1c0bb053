import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Entity, Enum, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { registerEnumType } from 'type-graphql';
import { AgencyRow } from '../catalogue/agency.ts';
import { Instant, RecordedAt, References, Revision, Text } from '../sql/storage.ts';

/** The protection of a youth's whereabouts (C16). */
export enum Protection {
  NONE = 'NONE',
  CONFIDENTIALITY_MARKING = 'CONFIDENTIALITY_MARKING',
  PROTECTED_REGISTRATION = 'PROTECTED_REGISTRATION',
}

registerEnumType(Protection, {
  name: 'Protection',
  description: 'The protection of a youth’s whereabouts.',
  valuesConfig: {
    NONE: { description: 'Not protected.' },
    CONFIDENTIALITY_MARKING: {
      description: 'Confidentiality marking in the population register (sekretessmarkering).',
    },
    PROTECTED_REGISTRATION: { description: 'Protected population registration (skyddad folkbokföring).' },
  },
});

/** A youth: a random id of one lead agency, and only the personal facts that the rule needs. */
@Entity({ tableName: 'youth' })
@Index({ name: 'youth_registered_by', properties: ['registeredBy'] })
export class YouthRow {
  [OptionalProps]?: 'id' | 'recordedAt' | 'protectionKey' | 'revision' | 'signersRecordedAt';

  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => AgencyRow)
  leadAgency!: number;

  /** The date of birth; null if unknown, and then no consent suffices (C5). */
  @Property({ type: 'date', nullable: true })
  birthDate: string | null = null;

  @Enum({ items: () => Protection, default: Protection.NONE })
  protection!: Protection;

  /** Names the protection to the sectors (C16); drawn anew by the database whenever the protection changes. */
  @Property({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  protectionKey!: string;

  @RecordedAt()
  recordedAt!: Date;

  /** The subject of the coordinator who registered the youth; null if nobody knows. */
  @Text({ nullable: true })
  registeredBy: string | null = null;

  @Revision()
  revision!: number;

  /** The time at which a date of birth or a custody was last recorded; set by the database. */
  @Instant({ nullable: true })
  signersRecordedAt!: Date | null;
}
