import { randomUUID } from 'node:crypto';
import { Check, Entity, Enum, Index, PrimaryKey } from '@mikro-orm/decorators/legacy';
import { AgencyRow } from './agency.ts';
import { ProgrammeRow } from './programme.ts';
import { Instant, RecordedAt, References } from './storage.ts';
import { YouthRow } from './youth.ts';

/** Why a group ended. */
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
  openedAt: Date | null = null;

  @Instant({ nullable: true })
  endedAt: Date | null = null;

  @Enum({ items: () => GroupEndReason, nullable: true })
  endReason: GroupEndReason | null = null;
}
