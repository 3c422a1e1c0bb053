import { randomUUID } from 'node:crypto';
import { Check, Entity, Enum, Index, PrimaryKey } from '@mikro-orm/decorators/legacy';
import { AgencyRow } from './agency.ts';
import { InterventionGroupRow } from './group.ts';
import { Instant, RecordedAt, References, Text } from './storage.ts';

/** What the holder of a seat does in the group. */
export enum SeatRole {
  COORDINATOR = 'COORDINATOR',
  MENTOR = 'MENTOR',
  CASEWORKER = 'CASEWORKER',
}

/** An agency's place in a group. */
@Entity({ tableName: 'seat' })
@Index({ name: 'seat_group', properties: ['groupId', 'agency'] })
@Index({ name: 'seat_holder', properties: ['holder'] })
@Index({ name: 'seat_deputy_of', properties: ['deputy'] })
@Check({ name: 'seat_hand_over', expression: 'handed_over_from < handed_over_until' })
@Check({ name: 'seat_deputy', expression: 'handed_over_from is null or deputy is not null' })
export class SeatRow {
  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => InterventionGroupRow)
  groupId!: string;

  @References(() => AgencyRow)
  agency!: number;

  @Enum({ items: () => SeatRole })
  role!: SeatRole;

  @Text({ nullable: true })
  holder: string | null = null;

  @Text({ nullable: true })
  deputy: string | null = null;

  @Instant({ nullable: true })
  handedOverFrom: Date | null = null;

  @Instant({ nullable: true })
  handedOverUntil: Date | null = null;

  @RecordedAt()
  recordedAt!: Date;

  /** Settled by the database when a consent that names the agency is fully signed. */
  @Instant({ nullable: true })
  informedAt: Date | null = null;

  @Instant({ nullable: true })
  endedAt: Date | null = null;
}
