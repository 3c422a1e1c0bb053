import { Entity, Enum, Property, Unique } from '@mikro-orm/decorators/legacy';
import { ArrayMaxSize, IsOptional, IsUUID, MaxLength, MinLength } from 'class-validator';
import { Directive, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { DateOnly } from '../../chassis/input/scalars.ts';
import { IsComingDate, IsPastDate, todayInSweden } from '../../chassis/input/validators.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';

/** Who a meeting is for. */
export enum MeetingKind {
  GROUP = 'GROUP',
  NETWORK = 'NETWORK',
  PARENTS = 'PARENTS',
}

registerEnumType(MeetingKind, {
  name: 'MeetingKind',
  description: 'Who a meeting is for.',
  valuesConfig: {
    GROUP: { description: 'The intervention group (insatsgruppsmöte).' },
    NETWORK: { description: 'The group with the youth’s own network (nätverksmöte).' },
    PARENTS: { description: 'Several who know the youth, with the guardians (föräldramöte).' },
  },
});

@Entity({ tableName: 'meeting' })
@Unique({ properties: ['agency', 'sourceId'] })
class MeetingRow extends RecordRow {
  @Enum({ items: () => MeetingKind, nativeEnumName: 'meeting_kind' })
  kind!: MeetingKind;

  @Property({ type: 'date' })
  date!: string;

  @Property({ type: 'array' })
  invited!: string[];

  /** Null while the meeting is scheduled. */
  @Property({ type: 'array', nullable: true })
  attended: string[] | null = null;

  /** Null while the meeting is scheduled. */
  @Property({ type: 'array', nullable: true })
  decisions: string[] | null = null;
}

/** A meeting about the plan, scheduled or recorded. */
@Directive('@consent(category: "social-services.plan")')
@ObjectType('Meeting', { description: 'A meeting about the action plan (möte).' })
export class Meeting extends AgencyRecord {
  @Field(() => MeetingKind, { nullable: true, description: 'Who it was for.' })
  kind!: MeetingKind;

  @Field(() => DateOnly, { nullable: true, description: 'The day of it.' })
  date!: string;

  @Field(() => [String], {
    nullable: true,
    description:
      'Who were invited, by role or agency; free text, which crosses only when cleared of other persons (C10).',
  })
  invited!: string[];

  @Field(() => [String], {
    nullable: true,
    description:
      'Who came, by role or agency; free text, which crosses only when cleared of other persons (C10). Null until the meeting is recorded.',
  })
  attended!: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'What was decided; free text, which crosses only when cleared of other persons (C10). Null until the meeting is recorded.',
  })
  decisions!: string[] | null;
}

@InputType('MeetingCall')
class MeetingCall {
  @Field(() => MeetingKind, { description: 'Who it is for.' })
  kind!: MeetingKind;

  @ArrayMaxSize(50)
  @MinLength(1, { each: true })
  @MaxLength(200, { each: true })
  @Field(() => [String], {
    description: 'Who are invited, by role or agency, at most 50 of 200 characters; no names but of staff.',
  })
  invited!: string[];
}

@InputType('ScheduledMeetingFields')
class ScheduledMeetingFields extends MeetingCall {
  @IsComingDate()
  @Field(() => DateOnly, { description: 'The day of it; today or later.' })
  date!: string;
}

@InputType('RecordedMeetingFields')
class RecordedMeetingFields extends MeetingCall {
  @IsOptional()
  @IsUUID()
  @Field(() => ID, {
    nullable: true,
    description: 'The scheduled meeting (UUID) that this completes; leave it out for one that was not scheduled.',
  })
  meetingId?: string | null;

  @IsPastDate()
  @Field(() => DateOnly, { description: 'The day of it; not in the future.' })
  date!: string;

  @ArrayMaxSize(50)
  @MinLength(1, { each: true })
  @MaxLength(200, { each: true })
  @Field(() => [String], {
    description: 'Who came, by role or agency, at most 50 of 200 characters; no names but of staff.',
  })
  attended!: string[];

  @ArrayMaxSize(50)
  @MinLength(1, { each: true })
  @MaxLength(2_000, { each: true })
  @Field(() => [String], {
    description: 'What was decided, at most 50 decisions of 2,000 characters; they name no other person.',
  })
  decisions!: string[];
}

@InputType('MeetingFields')
class MeetingFields extends MeetingCall {
  @Field(() => DateOnly, { description: 'The day of it; of a recorded meeting not in the future.' })
  date!: string;

  @ArrayMaxSize(50)
  @MinLength(1, { each: true })
  @MaxLength(200, { each: true })
  @Field(() => [String], {
    nullable: true,
    description:
      'Who came, by role or agency, at most 50 of 200 characters; no names but of staff. Leave it out, as decisions, while the meeting lies ahead.',
  })
  attended?: string[] | null;

  @ArrayMaxSize(50)
  @MinLength(1, { each: true })
  @MaxLength(2_000, { each: true })
  @Field(() => [String], {
    nullable: true,
    description: 'What was decided, at most 50 decisions of 2,000 characters; they name no other person.',
  })
  decisions?: string[] | null;
}

/** Meetings (möten), read through the action plan. */
export const meeting: RecordKind = {
  name: 'Meeting',
  category: 'social-services.plan',
  what: 'a meeting about the action plan (möte)',
  type: Meeting,
  row: MeetingRow,
  input: MeetingFields,
  latestBy: 'date',
  freeText: ['invited', 'attended', 'decisions'],
  makings: [
    {
      mutation: 'scheduleMeeting',
      does: 'Schedules a meeting about the action plan (kalla till möte), of the group, with the network or with the parents.',
      input: ScheduledMeetingFields,
    },
    {
      mutation: 'recordMeeting',
      does: 'Records a meeting about the action plan (möte): who came and what was decided. CONFLICT when that has been recorded already.',
      input: RecordedMeetingFields,
      completes: {
        field: 'meetingId',
        expected: 'the id of a meeting that your agency has scheduled about this youth',
        isOpen: (row) => (row as MeetingRow).attended === null,
      },
    },
  ],
  writers: ['COORDINATOR', 'MENTOR', 'SYSTEM'],
  faults(fields) {
    const { date, attended = null, decisions = null } = fields as MeetingFields;
    if (attended === null && decisions === null) return [];
    if (attended === null)
      return [{ field: 'attended', message: 'attended goes with decisions, for a meeting that has been.' }];
    if (decisions === null)
      return [{ field: 'decisions', message: 'decisions go with attended, for a meeting that has been.' }];
    return date > todayInSweden()
      ? [{ field: 'date', message: 'date is a day that has been, for a meeting with attended and decisions.' }]
      : [];
  },
};
