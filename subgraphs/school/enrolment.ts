import { Entity, Property, Unique } from '@mikro-orm/decorators/legacy';
import { IsInt, IsOptional, Matches, Max, MaxLength, Min, MinLength } from 'class-validator';
import { Directive, Field, InputType, Int, ObjectType } from 'type-graphql';
import { DateOnly } from '../../chassis/input/scalars.ts';
import { IsFromOrLater } from '../../chassis/input/validators.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';

/** The form of a school type. The codes differ between editions of SS12000, so no list of them is kept here. */
export const SCHOOL_TYPE = /^[A-ZÅÄÖ]{2,12}$/;

/** The highest school year in SS12000. */
export const LAST_SCHOOL_YEAR = 10;

@Entity({ tableName: 'enrolment' })
@Unique({ properties: ['agency', 'sourceId'] })
class EnrolmentRow extends RecordRow {
  @Property({ type: 'text' })
  schoolUnit!: string;

  @Property({ type: 'text', nullable: true })
  schoolUnitId: string | null = null;

  @Property({ type: 'text' })
  schoolType!: string;

  @Property({ type: 'integer', nullable: true })
  year: number | null = null;

  @Property({ type: 'text', nullable: true })
  programme: string | null = null;

  @Property({ type: 'text', nullable: true })
  educationCode: string | null = null;

  @Property({ type: 'boolean', default: false })
  cancelled = false;

  /** Null in a record from before dates were kept, or from a system that gives none. */
  @Property({ type: 'date', nullable: true })
  from: string | null = null;

  @Property({ type: 'date', nullable: true })
  to: string | null = null;
}

@Directive('@consent(category: "school.enrolment")')
@ObjectType('Enrolment', {
  description: 'A youth’s place at a school (skolplacering), in the form of SS12000 Enrolment.',
})
class Enrolment extends AgencyRecord {
  @Directive('@consent(category: "school.enrolment", whereabouts: true)')
  @Field(() => String, {
    nullable: true,
    description:
      'The name of the school unit (skolenhet), or its id if the school’s system gave no name. Other agencies cannot read it while the youth has protected identity.',
  })
  schoolUnit!: string;

  @Directive('@consent(category: "school.enrolment", whereabouts: true)')
  @Field(() => String, {
    nullable: true,
    description:
      'The id of the school unit in the school’s system (SS12000 enroledAt.id). Other agencies cannot read it while the youth has protected identity.',
  })
  schoolUnitId!: string | null;

  @Directive('@words(reason: "A code of SS12000 in capital letters.")')
  @Field(() => String, {
    nullable: true,
    description:
      'The school type (skolform), in the codes of SS12000: GR grundskola, GRS anpassad grundskola, SP specialskola, SAM sameskola, GY gymnasieskola, GYS anpassad gymnasieskola, and so on.',
  })
  schoolType!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'The school year (årskurs), 0 to 10. Null if the school type has none.',
  })
  year!: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The name of the programme (program), or its id if the school’s system gave no name. While the youth has protected identity, other agencies read it only if it is marked as naming no place.',
  })
  programme!: string | null;

  @Directive('@words(reason: "A national code of an education.")')
  @Field(() => String, { nullable: true, description: 'The national code of the education (studievägskod).' })
  educationCode!: string | null;

  @Field(() => Boolean, { nullable: true, description: 'True if the enrolment is cancelled (avbruten).' })
  cancelled!: boolean;

  @Field(() => DateOnly, {
    nullable: true,
    description:
      'The first day (SS12000 startDate). It may lie ahead. Null if it is not known: then the enrolment is outside every data period that has a beginning.',
  })
  from!: string | null;

  @Field(() => DateOnly, {
    nullable: true,
    description:
      'The last day (SS12000 endDate). Null if no end is set: then the enrolment is outside every data period that has an end.',
  })
  to!: string | null;
}

@InputType('EnrolmentFields')
class EnrolmentFields {
  @MinLength(1)
  @MaxLength(200)
  @Field(() => String, { description: 'The name of the school unit (skolenhet), 1 to 200 characters.' })
  schoolUnit!: string;

  @IsOptional()
  @MinLength(1)
  @MaxLength(200)
  @Field(() => String, { nullable: true, description: 'The id of the school unit in your own system.' })
  schoolUnitId?: string;

  @Matches(SCHOOL_TYPE, { message: 'schoolType must be a code of SS12000 in capital letters, for example GR or GY' })
  @Field(() => String, { description: 'The school type (skolform), a code of SS12000, for example GR or GY.' })
  schoolType!: string;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(LAST_SCHOOL_YEAR)
  @Field(() => Int, { nullable: true, description: 'The school year (årskurs), 0 to 10.' })
  year?: number;

  @IsOptional()
  @MinLength(1)
  @MaxLength(200)
  @Field(() => String, { nullable: true, description: 'The name of the programme (program).' })
  programme?: string;

  @IsOptional()
  @MinLength(1)
  @MaxLength(200)
  @Field(() => String, {
    nullable: true,
    description: 'The national code of the education (studievägskod).',
  })
  educationCode?: string;

  @Field(() => Boolean, { defaultValue: false, description: 'True if the enrolment is cancelled (avbruten).' })
  cancelled!: boolean;

  @Field(() => DateOnly, {
    nullable: true,
    description:
      'The first day (SS12000 startDate). It may lie ahead. Without it the enrolment is outside every data period that has a beginning.',
  })
  from?: string | null;

  @IsFromOrLater()
  @Field(() => DateOnly, {
    nullable: true,
    description:
      'The last day (SS12000 endDate), not before `from`. Without it the enrolment is outside every data period that has an end.',
  })
  to?: string | null;
}

/** A place at a school (skolplacering). */
export const enrolment: RecordKind = {
  name: 'Enrolment',
  category: 'school.enrolment',
  what: 'a place at a school (skolplacering)',
  whatSv: 'en skolplacering',
  type: Enrolment,
  row: EnrolmentRow,
  input: EnrolmentFields,
  places: ['programme'],
  youthField: { name: 'enrolments', description: 'Places at schools (skolplaceringar), latest first.' },
  period: { from: 'from', to: 'to' },
};
