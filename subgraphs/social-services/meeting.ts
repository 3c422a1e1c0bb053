import { Entity, Enum, Property, Unique } from '@mikro-orm/decorators/legacy';
import { ArrayMaxSize, IsOptional, IsUUID, MaxLength, MinLength } from 'class-validator';
import { Directive, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { DateOnly } from '../../chassis/input/scalars.ts';
import { IsComingDate, IsPastDate, todayInSweden } from '../../chassis/input/validators.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';

/** The participants that a meeting is for. */
export enum MeetingKind {
  GROUP = 'GROUP',
  NETWORK = 'NETWORK',
  PARENTS = 'PARENTS',
}

registerEnumType(MeetingKind, {
  name: 'MeetingKind',
  description: 'The participants that a meeting is for.',
  valuesConfig: {
    GROUP: { description: 'The intervention group (insatsgruppsmöte).' },
    NETWORK: { description: 'The group with the youth’s own network (nätverksmöte).' },
    PARENTS: { description: 'Several people who know the youth, with the guardians (föräldramöte).' },
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
  @Field(() => MeetingKind, { nullable: true, description: 'The participants that the meeting was for.' })
  kind!: MeetingKind;

  @Field(() => DateOnly, { nullable: true, description: 'The day of the meeting.' })
  date!: string;

  @Field(() => [String], {
    nullable: true,
    description:
      'The invited participants, by role or agency. Free text: other agencies read it only once its author has marked it as cleared of other persons and, while the youth has protected identity, as naming no place.',
  })
  invited!: string[];

  @Field(() => [String], {
    nullable: true,
    description:
      'The participants who came, by role or agency. Null until the meeting is recorded. Free text: other agencies read it only once its author has marked it as cleared of other persons and, while the youth has protected identity, as naming no place.',
  })
  attended!: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'The decisions. Null until the meeting is recorded. Free text: other agencies read it only once its author has marked it as cleared of other persons and, while the youth has protected identity, as naming no place.',
  })
  decisions!: string[] | null;
}

@InputType('MeetingCall')
class MeetingCall {
  @Field(() => MeetingKind, { description: 'The participants that the meeting is for.' })
  kind!: MeetingKind;

  @ArrayMaxSize(50)
  @MinLength(1, { each: true })
  @MaxLength(200, { each: true })
  @Field(() => [String], {
    description:
      'The invited participants, by role or agency, at most 50 of 200 characters each. Write no names except of staff.',
  })
  invited!: string[];
}

@InputType('ScheduledMeetingFields')
class ScheduledMeetingFields extends MeetingCall {
  @IsComingDate()
  @Field(() => DateOnly, { description: 'The day of the meeting, today or later.' })
  date!: string;
}

@InputType('RecordedMeetingFields')
class RecordedMeetingFields extends MeetingCall {
  @IsOptional()
  @IsUUID()
  @Field(() => ID, {
    nullable: true,
    description: 'The scheduled meeting (UUID) that this completes. Leave it out if the meeting was not scheduled.',
  })
  meetingId?: string | null;

  @IsPastDate()
  @Field(() => DateOnly, { description: 'The day of the meeting, not in the future.' })
  date!: string;

  @ArrayMaxSize(50)
  @MinLength(1, { each: true })
  @MaxLength(200, { each: true })
  @Field(() => [String], {
    description:
      'The participants who came, by role or agency, at most 50 of 200 characters each. Write no names except of staff.',
  })
  attended!: string[];

  @ArrayMaxSize(50)
  @MinLength(1, { each: true })
  @MaxLength(2_000, { each: true })
  @Field(() => [String], {
    description: 'The decisions, at most 50 of 2,000 characters each. Name no other person.',
  })
  decisions!: string[];
}

@InputType('MeetingFields')
class MeetingFields extends MeetingCall {
  @Field(() => DateOnly, { description: 'The day of the meeting. For a recorded meeting it cannot be in the future.' })
  date!: string;

  @ArrayMaxSize(50)
  @MinLength(1, { each: true })
  @MaxLength(200, { each: true })
  @Field(() => [String], {
    nullable: true,
    description:
      'The participants who came, by role or agency, at most 50 of 200 characters each. Write no names except of staff. Leave it out, like `decisions`, until the meeting has taken place.',
  })
  attended?: string[] | null;

  @ArrayMaxSize(50)
  @MinLength(1, { each: true })
  @MaxLength(2_000, { each: true })
  @Field(() => [String], {
    nullable: true,
    description: 'The decisions, at most 50 of 2,000 characters each. Name no other person.',
  })
  decisions?: string[] | null;
}

/** Meetings (möten), read through the action plan. */
export const meeting: RecordKind = {
  name: 'Meeting',
  category: 'social-services.plan',
  what: 'a meeting about the action plan (möte)',
  whatSv: 'ett möte om åtgärdsplanen',
  type: Meeting,
  row: MeetingRow,
  input: MeetingFields,
  latestBy: 'date',
  freeText: ['invited', 'attended', 'decisions'],
  makings: [
    {
      mutation: 'scheduleMeeting',
      does: 'Schedules a meeting about the action plan (kallar till möte) for the group, the network or the parents.',
      doesSv: 'Kallar till ett möte om åtgärdsplanen.',
      input: ScheduledMeetingFields,
    },
    {
      mutation: 'recordMeeting',
      does: 'Records a meeting about the action plan (möte): those who came, and the decisions. CONFLICT if it has been recorded already.',
      doesSv: 'Registrerar ett möte om åtgärdsplanen: vilka som kom och vad som beslutades.',
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
      return [
        {
          field: 'attended',
          message:
            'attended must come together with decisions, for a meeting that has taken place. Send both, or neither.',
        },
      ];
    if (decisions === null)
      return [
        {
          field: 'decisions',
          message:
            'decisions must come together with attended, for a meeting that has taken place. Send both, or neither.',
        },
      ];
    return date > todayInSweden()
      ? [
          {
            field: 'date',
            message:
              'date must be today or an earlier day for a meeting with attended and decisions. Correct it, or leave both out.',
          },
        ]
      : [];
  },
};
