import { Entity, PrimaryKey } from '@mikro-orm/decorators/legacy';
import { SectorRow } from './sector.ts';
import { References, Text } from './storage.ts';

/** One authority: sector plus principal; the hub itself is of no sector. */
@Entity({ tableName: 'agency' })
export class AgencyRow {
  @PrimaryKey({ type: 'integer', generated: 'by default as identity' })
  id!: number;

  @Text({ unique: 'agency_code_key' })
  code!: string;

  @Text()
  name!: string;

  @References(() => SectorRow, { nullable: true })
  sector: string | null = null;
}
