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
    'Contact with student health (elevhälsa): that there is one, and the support planned; never what was said. Under stricter secrecy than the rest of the school; the youth must sign.',
})
class StudentHealth extends AgencyRecord {
  @Field(() => Boolean, { nullable: true, description: 'Is there a contact with student health?' })
  contactExists!: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      'The support that is planned, null when none; free text, which crosses only when cleared of other persons (C10).',
  })
  plannedSupport!: string | null;
}

@InputType('StudentHealthFields')
class StudentHealthFields {
  @Field(() => Boolean, { description: 'Is there a contact with student health?' })
  contactExists!: boolean;

  @IsOptional()
  @MinLength(1)
  @MaxLength(2_000)
  @Field(() => String, { nullable: true, description: 'The support that is planned, 1 to 2,000 characters.' })
  plannedSupport?: string;
}

/** Contact with student health (elevhälsa). */
export const studentHealth: RecordKind = {
  name: 'StudentHealth',
  category: 'school.health',
  what: 'a contact with student health (elevhälsa)',
  type: StudentHealth,
  row: StudentHealthRow,
  input: StudentHealthFields,
  youthField: {
    name: 'studentHealth',
    description: 'Contacts with student health (elevhälsa), latest recorded first.',
  },
  freeText: ['plannedSupport'],
};
