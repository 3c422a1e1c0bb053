import { Entity, Enum, Property, Unique } from '@mikro-orm/decorators/legacy';
import { ArrayMaxSize, MaxLength, MinLength } from 'class-validator';
import { Directive, Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { AgencyRecord, RecordRow } from '../record.ts';
import type { RecordKind } from '../record-kind.ts';
import { DateOnly } from '../scalars.ts';
import { IsPastDate } from '../validators.ts';

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

  @Property({ type: 'array' })
  attended!: string[];

  @Property({ type: 'array' })
  decisions!: string[];
}

/** A meeting about the plan. */
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
    description: 'Who came, by role or agency; free text, which crosses only when cleared of other persons (C10).',
  })
  attended!: string[];

  @Field(() => [String], {
    nullable: true,
    description: 'What was decided; free text, which crosses only when cleared of other persons (C10).',
  })
  decisions!: string[];
}

@InputType('MeetingFields')
class MeetingFields {
  @Field(() => MeetingKind, { description: 'Who it was for.' })
  kind!: MeetingKind;

  @IsPastDate()
  @Field(() => DateOnly, { description: 'The day of it; not in the future.' })
  date!: string;

  @ArrayMaxSize(50)
  @MinLength(1, { each: true })
  @MaxLength(200, { each: true })
  @Field(() => [String], {
    description: 'Who were invited, by role or agency, at most 50 of 200 characters; no names but of staff.',
  })
  invited!: string[];

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
};
