import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { References, Text } from '../sql/storage.ts';
import { SectorRow } from './sector.ts';

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

  @Property({ type: 'text[]', default: [] })
  guardedFields!: string[];

  @Property({ type: 'text[]', default: [] })
  whereaboutsFields!: string[];
}

/** A kind of information. */
@Directive('@open(reason: "The kinds of information are public.")')
@ObjectType('InformationCategory', {
  description: 'A kind of information of one sector, which a consent can grant (uppgiftskategori).',
})
export class InformationCategory {
  @Field(() => ID, { description: 'The code, for example school.attendance.' })
  code!: string;

  @Field(() => ID, { description: 'The code of the sector.' })
  sector!: string;

  @Field(() => String, { description: 'The name in Swedish.' })
  nameSv!: string;

  @Field(() => String, { description: 'The name in English.' })
  nameEn!: string;

  @Field(() => String, { description: 'The secrecy provision that covers it (sekretessbestämmelse).' })
  secrecy!: string;

  @Field(() => String, {
    description: 'The time for which the owner keeps it, as an ISO 8601 duration (gallringsfrist).',
  })
  retention!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The date to which a grant’s data period applies. Null if none does.',
  })
  date!: string | null;

  @Field(() => Boolean, { description: 'True if the youth must sign, whatever the age.' })
  youthSigns!: boolean;

  @Field(() => Boolean, { description: 'True if a consent can grant it at all.' })
  grantable!: boolean;

  @Field(() => [String], { description: 'The fields that the category guards, for example Attendance.minutesPlanned.' })
  guardedFields!: string[];

  @Field(() => [String], {
    description:
      'The guarded fields that show where the youth is. Other agencies cannot read them while the youth has protected identity.',
  })
  whereaboutsFields!: string[];
}

/** The SQL of a category as GraphQL shows it, from a row `alias` of registry.category. */
export function categorySql(alias: string): string {
  return `jsonb_build_object('code', ${alias}.code, 'sector', ${alias}.sector, 'nameSv', ${alias}.name_sv,
    'nameEn', ${alias}.name_en, 'secrecy', ${alias}.secrecy, 'retention', ${alias}.retention, 'date', ${alias}.date,
    'youthSigns', ${alias}.youth_signs, 'grantable', ${alias}.grantable,
    'guardedFields', ${alias}.guarded_fields, 'whereaboutsFields', ${alias}.whereabouts_fields)`;
}
