import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { SectorRow } from './sector.ts';
import { References, Text } from './storage.ts';

/** A kind of information, as its sector declares it. */
@Entity({ tableName: 'category' })
export class CategoryRow {
  @PrimaryKey({ type: 'smallint', generated: 'by default as identity' })
  id!: number;

  @Text({ unique: 'category_code_key' })
  code!: string;

  @References(() => SectorRow)
  sector!: string;

  @Text()
  nameSv!: string;

  @Text()
  nameEn!: string;

  @Text()
  secrecy!: string;

  @Text()
  retention!: string;

  @Text({ nullable: true })
  date: string | null = null;

  @Property({ type: 'boolean', default: false })
  youthSigns!: boolean;

  @Property({ type: 'boolean', default: true })
  grantable!: boolean;
}
