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
  @Field(() => ID, { description: 'Its code, as school.attendance.' })
  code!: string;

  @Field(() => ID, { description: 'The code of its sector.' })
  sector!: string;

  @Field(() => String, { description: 'Its name in Swedish.' })
  nameSv!: string;

  @Field(() => String, { description: 'Its name in English.' })
  nameEn!: string;

  @Field(() => String, { description: 'The secrecy provision that covers it (sekretessbestämmelse).' })
  secrecy!: string;

  @Field(() => String, { description: 'How long its owner keeps it, as an ISO 8601 duration (gallringsfrist).' })
  retention!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The date that a grant’s data period applies to; null: none does.',
  })
  date!: string | null;

  @Field(() => Boolean, { description: 'Must the youth sign, whatever the age (C5)?' })
  youthSigns!: boolean;

  @Field(() => Boolean, { description: 'Can it be granted at all (C10)?' })
  grantable!: boolean;

  @Field(() => [String], { description: 'The fields that it guards, as Attendance.minutesPlanned.' })
  guardedFields!: string[];

  @Field(() => [String], {
    description:
      'Those of them that tell where the youth is, and do not cross while the youth has protected identity (C16).',
  })
  whereaboutsFields!: string[];
}

/** SQL of a category as GraphQL shows it, from a row `alias` of registry.category. */
export function categorySql(alias: string): string {
  return `jsonb_build_object('code', ${alias}.code, 'sector', ${alias}.sector, 'nameSv', ${alias}.name_sv,
    'nameEn', ${alias}.name_en, 'secrecy', ${alias}.secrecy, 'retention', ${alias}.retention, 'date', ${alias}.date,
    'youthSigns', ${alias}.youth_signs, 'grantable', ${alias}.grantable,
    'guardedFields', ${alias}.guarded_fields, 'whereaboutsFields', ${alias}.whereabouts_fields)`;
}
