import { Entity, Enum, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Matches, Max, MaxLength, Min, MinLength } from 'class-validator';
import { Directive, Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateOnly, DateTime } from '../../chassis/input/scalars.ts';
import type { Narrowing } from '../../chassis/record/read.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';
import { AGENCY_CODE } from '../../schema/caller.ts';
import { unknownGoals } from './plan-goals.ts';

/** The status of a commitment as readers see it. */
export enum CommitmentStatus {
  PLANNED = 'PLANNED',
  DONE = 'DONE',
  LATE = 'LATE',
  DROPPED = 'DROPPED',
}

registerEnumType(CommitmentStatus, {
  name: 'CommitmentStatus',
  description: 'The status of a commitment today.',
  valuesConfig: {
    PLANNED: { description: 'To be done, and its day is today or later (planerat).' },
    DONE: { description: 'Done, and confirmed (utfört).' },
    LATE: {
      description:
        'To be done, and its day has passed in Sweden (försenat). Nobody sets it: it follows from `due` at midnight.',
    },
    DROPPED: { description: 'Dropped, and confirmed (utgår).' },
  },
});

/** The status of a commitment as it is confirmed and stored. */
export enum ConfirmedStatus {
  PLANNED = 'PLANNED',
  DONE = 'DONE',
  DROPPED = 'DROPPED',
}

registerEnumType(ConfirmedStatus, {
  name: 'ConfirmedStatus',
  description: 'The status that a mentor or coordinator confirms for a commitment.',
  valuesConfig: {
    PLANNED: { description: 'Still to be done (planerat). Once its day has passed it reads as LATE.' },
    DONE: { description: 'Done (utfört).' },
    DROPPED: { description: 'Dropped: no longer to be done (utgår).' },
  },
});

/** A commitment, as it is stored. */
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

/** A promise of an agency in the plan. `agency` owns the record, `committedAgency` made the promise. */
@Directive('@consent(category: "social-services.plan")')
@ObjectType('Commitment', { description: 'A promise of an agency to do something (åtagande).' })
export class Commitment extends AgencyRecord {
  @Directive('@words(reason: "The code of an agency.")')
  @Field(() => String, {
    nullable: true,
    description: 'The agency that made the commitment, for example school:skovde.',
  })
  committedAgency!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The thing to do. Free text: other agencies read it only once its author has marked it as cleared of other persons and, while the youth has protected identity, as naming no place.',
  })
  what!: string;

  @Field(() => String, { nullable: true, description: 'The role or unit in that agency that does it.' })
  who!: string;

  @Field(() => DateOnly, { nullable: true, description: 'The last day to do it.' })
  due!: string;

  @Field(() => CommitmentStatus, {
    nullable: true,
    description:
      'The status today. The agency reports in its own sector, for example by schoolReports. A mentor or coordinator confirms here.',
  })
  status!: CommitmentStatus;

  @Directive('@words(reason: "The subject of a token.")')
  @Field(() => String, {
    nullable: true,
    description: 'The subject of the mentor or coordinator who confirmed it last. Null if nobody has.',
  })
  confirmedBy!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was confirmed last. Null if it is not confirmed.' })
  confirmedAt!: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The number of the goal that it serves. Null if it serves no single goal.',
  })
  goal!: number | null;
}

@InputType('CommitmentFields')
class CommitmentFields {
  @Matches(AGENCY_CODE, { message: 'committedAgency must be the code of an agency, for example school:skovde' })
  @Field(() => String, {
    description:
      'The agency that made the commitment, for example school:skovde. It must hold a seat in the youth’s group.',
  })
  committedAgency!: string;

  @MinLength(1)
  @MaxLength(2_000)
  @Field(() => String, { description: 'The thing to do, 1 to 2,000 characters. Name no other person.' })
  what!: string;

  @MinLength(1)
  @MaxLength(200)
  @Field(() => String, {
    description: 'The role or unit in that agency that does it, 1 to 200 characters. Write no name.',
  })
  who!: string;

  @Field(() => DateOnly, { description: 'The last day to do it.' })
  due!: string;

  @Min(1)
  @Max(99)
  @Field(() => Int, { nullable: true, description: 'The number of the goal in the action plan that it serves.' })
  goal?: number | null;
}

/** SQL of the status. Whether it is late depends on the database's date in Sweden. */
const STATUS = `CASE WHEN r.status = 'PLANNED' AND r.due < (now() AT TIME ZONE 'Europe/Stockholm')::date
  THEN 'LATE' ELSE r.status::text END`;

/** Commitments (åtaganden), read through the action plan. */
export const commitment: RecordKind = {
  name: 'Commitment',
  category: 'social-services.plan',
  what: 'a commitment of an agency in the action plan (åtagande)',
  whatSv: 'ett åtagande i åtgärdsplanen',
  type: Commitment,
  row: CommitmentRow,
  input: CommitmentFields,
  latestBy: 'due',
  freeText: ['what', 'who'],
  derived: { status: STATUS },
  makings: [
    {
      mutation: 'addCommitment',
      does: 'Adds a commitment of an agency (åtagande) that holds a seat in the youth’s group to the action plan. It is planned until somebody confirms another status.',
      doesSv: 'Lägger till en myndighets åtagande i åtgärdsplanen.',
      input: CommitmentFields,
    },
  ],
  writers: ['COORDINATOR', 'SYSTEM'],
  seated: ['committedAgency'],
  faultsBeside(fields, linkId, em) {
    const { goal } = fields as CommitmentFields;
    return unknownGoals(goal == null ? [] : [{ field: 'goal', number: goal }], linkId, em);
  },
};

/** The condition for only the late commitments, or only the others. */
export function isOverdue(wanted: boolean): Narrowing {
  return { sql: ` AND (${STATUS}) ${wanted ? '=' : '<>'} 'LATE'`, values: {} };
}
