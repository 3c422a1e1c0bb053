import { Entity, Property, Unique } from '@mikro-orm/decorators/legacy';
import { IsOptional, MaxLength, MinLength } from 'class-validator';
import { Directive, Field, InputType, ObjectType } from 'type-graphql';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';

@Entity({ tableName: 'student_health' })
@Unique({ properties: ['agency', 'sourceId'] })
class StudentHealthRow extends RecordRow {
  @Property({ type: 'boolean' })
  contactExists!: boolean;

  @Property({ type: 'text', nullable: true })
  plannedSupport: string | null = null;
}

@Directive('@consent(category: "school.health")')
@ObjectType('StudentHealth', {
  description:
    'Contact with student health (elevhälsa): its existence and the planned support, never the content of a talk. Its secrecy is stricter than that of the rest of the school, and the youth must sign.',
})
class StudentHealth extends AgencyRecord {
  @Field(() => Boolean, { nullable: true, description: 'True if there is a contact with student health.' })
  contactExists!: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      'The planned support. Null if there is none. Free text: other agencies read it only once its author has marked it as cleared of other persons and, while the youth has protected identity, as naming no place.',
  })
  plannedSupport!: string | null;
}

@InputType('StudentHealthFields')
class StudentHealthFields {
  @Field(() => Boolean, { description: 'True if there is a contact with student health.' })
  contactExists!: boolean;

  @IsOptional()
  @MinLength(1)
  @MaxLength(2_000)
  @Field(() => String, { nullable: true, description: 'The planned support, 1 to 2,000 characters.' })
  plannedSupport?: string;
}

/** Contact with student health (elevhälsa). */
export const studentHealth: RecordKind = {
  name: 'StudentHealth',
  category: 'school.health',
  what: 'a contact with student health (elevhälsa)',
  whatSv: 'en kontakt med elevhälsan',
  type: StudentHealth,
  row: StudentHealthRow,
  input: StudentHealthFields,
  youthField: {
    name: 'studentHealth',
    description: 'The contacts with student health (elevhälsa), latest recorded first.',
  },
  freeText: ['plannedSupport'],
};
