import { Entity, Enum, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Matches, Max, MaxLength, Min, MinLength } from 'class-validator';
import { Directive, Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateOnly, DateTime } from '../../chassis/input/scalars.ts';
import type { Narrowing } from '../../chassis/record/read.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';
import { unknownGoals } from './plan-goals.ts';

/** How a commitment stands to whoever reads it. */
export enum CommitmentStatus {
  PLANNED = 'PLANNED',
  DONE = 'DONE',
  LATE = 'LATE',
  DROPPED = 'DROPPED',
}

registerEnumType(CommitmentStatus, {
  name: 'CommitmentStatus',
  description: 'How a commitment stands today.',
  valuesConfig: {
    PLANNED: { description: 'To be done, and its day is today or ahead (planerat).' },
    DONE: { description: 'Done, as confirmed (utfört).' },
    LATE: {
      description:
        'To be done, and its day has passed in Sweden (försenat). Nobody sets it: it follows from `due` at midnight.',
    },
    DROPPED: { description: 'Not to be done any more, as confirmed (utgår).' },
  },
});

/** How a commitment is confirmed to stand, and stored. */
export enum ConfirmedStatus {
  PLANNED = 'PLANNED',
  DONE = 'DONE',
  DROPPED = 'DROPPED',
}

registerEnumType(ConfirmedStatus, {
  name: 'ConfirmedStatus',
  description: 'How a commitment stands, as mentor or coordinator confirms it.',
  valuesConfig: {
    PLANNED: { description: 'Still to be done (planerat); once its day has passed it reads as LATE.' },
    DONE: { description: 'Done (utfört).' },
    DROPPED: { description: 'Not to be done any more (utgår).' },
  },
});

/** How a commitment is stored. */
@Entity({ tableName: 'commitment' })
@Unique({ properties: ['agency', 'sourceId'] })
export class CommitmentRow extends RecordRow {
  @Property({ type: 'text' })
  committedAgency!: string;

  @Property({ type: 'text' })
  what!: string;

  @Property({ type: 'text' })
  who!: string;

  @Property({ type: 'date' })
  due!: string;

  @Enum({ items: () => ConfirmedStatus, nativeEnumName: 'confirmed_status', default: ConfirmedStatus.PLANNED })
  status: ConfirmedStatus = ConfirmedStatus.PLANNED;

  @Property({ type: 'integer', nullable: true })
  goal: number | null = null;

  @Property({ type: 'text', nullable: true })
  confirmedBy: string | null = null;

  @Property({ type: 'timestamptz', nullable: true })
  confirmedAt: Date | null = null;
}

/** What an agency has promised in the plan. `agency` says whose record it is, `committedAgency` who promised. */
@Directive('@consent(category: "social-services.plan")')
@ObjectType('Commitment', { description: 'What an agency has promised to do (åtagande).' })
export class Commitment extends AgencyRecord {
  @Field(() => String, { nullable: true, description: 'The agency that has promised it, as school:skovde.' })
  committedAgency!: string;

  @Field(() => String, {
    nullable: true,
    description: 'What is to be done; free text, which crosses only when cleared of other persons (C10).',
  })
  what!: string;

  @Field(() => String, { nullable: true, description: 'The role or unit of that agency that does it.' })
  who!: string;

  @Field(() => DateOnly, { nullable: true, description: 'The last day to do it.' })
  due!: string;

  @Field(() => CommitmentStatus, {
    nullable: true,
    description:
      'How it stands today. The promising agency reports in its own sector (as schoolReports); mentor or coordinator confirms here.',
  })
  status!: CommitmentStatus;

  @Field(() => String, {
    nullable: true,
    description: 'Who confirmed it last: the subject of the mentor or coordinator; null while nobody has.',
  })
  confirmedBy!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was confirmed last; null while it is not.' })
  confirmedAt!: Date | null;

  @Field(() => Int, { nullable: true, description: 'The number of the goal that it serves; null when of none alone.' })
  goal!: number | null;
}

@InputType('CommitmentFields')
class CommitmentFields {
  @MaxLength(100)
  @Matches(/^[a-z][a-z-]*:[a-z][a-z-]*$/, { message: 'committedAgency is the code of an agency, as school:skovde' })
  @Field(() => String, { description: 'The agency that has promised it, as school:skovde.' })
  committedAgency!: string;

  @MinLength(1)
  @MaxLength(2_000)
  @Field(() => String, { description: 'What is to be done, 1 to 2,000 characters; names no other person.' })
  what!: string;

  @MinLength(1)
  @MaxLength(200)
  @Field(() => String, { description: 'The role or unit of that agency that does it, 1 to 200 characters; no name.' })
  who!: string;

  @Field(() => DateOnly, { description: 'The last day to do it.' })
  due!: string;

  @Min(1)
  @Max(99)
  @Field(() => Int, { nullable: true, description: 'The number of the goal in the action plan that it serves.' })
  goal?: number | null;
}

/** Overdue is judged by the database's date in Sweden. */
const STATUS = `CASE WHEN r.status = 'PLANNED' AND r.due < (now() AT TIME ZONE 'Europe/Stockholm')::date
  THEN 'LATE' ELSE r.status::text END`;

/** Commitments (åtaganden), read through the action plan. */
export const commitment: RecordKind = {
  name: 'Commitment',
  category: 'social-services.plan',
  what: 'what an agency has promised in the action plan (åtagande)',
  type: Commitment,
  row: CommitmentRow,
  input: CommitmentFields,
  latestBy: 'due',
  freeText: ['what', 'who'],
  derived: { status: STATUS },
  makings: [
    {
      mutation: 'addCommitment',
      does: 'Adds to the action plan what an agency has promised (åtagande); it is planned until it is confirmed otherwise.',
      input: CommitmentFields,
    },
  ],
  writers: ['COORDINATOR', 'SYSTEM'],
  faultsBeside(fields, linkId, em) {
    const { goal } = fields as CommitmentFields;
    return unknownGoals(goal == null ? [] : [{ field: 'goal', number: goal }], linkId, em);
  },
};

/** Only the commitments that are late, or only the others. */
export function isOverdue(wanted: boolean): Narrowing {
  return { sql: ` AND (${STATUS}) ${wanted ? '=' : '<>'} 'LATE'`, values: {} };
}
