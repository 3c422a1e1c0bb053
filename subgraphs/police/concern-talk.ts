import { Entity, Enum, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Directive, Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { DateOnly } from '../../chassis/input/scalars.ts';
import { IsPastDate } from '../../chassis/input/validators.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';

/** The outcome of a concern talk. */
export enum ConcernTalkOutcome {
  NO_FURTHER_ACTION = 'NO_FURTHER_ACTION',
  FOLLOW_UP_AGREED = 'FOLLOW_UP_AGREED',
  REPORTED_TO_SOCIAL_SERVICES = 'REPORTED_TO_SOCIAL_SERVICES',
  DECLINED = 'DECLINED',
}

registerEnumType(ConcernTalkOutcome, {
  name: 'ConcernTalkOutcome',
  description: 'The outcome of a concern talk.',
  valuesConfig: {
    NO_FURTHER_ACTION: { description: 'Nothing further was needed.' },
    FOLLOW_UP_AGREED: { description: 'A follow-up was agreed.' },
    REPORTED_TO_SOCIAL_SERVICES: { description: 'Reported to social services (orosanmälan).' },
    DECLINED: { description: 'The youth or the guardians declined the talk.' },
  },
});

@Entity({ tableName: 'concern_talk' })
@Unique({ properties: ['agency', 'sourceId'] })
class ConcernTalkRow extends RecordRow {
  @Property({ type: 'date' })
  date!: string;

  @Enum({ items: () => ConcernTalkOutcome, nativeEnumName: 'concern_talk_outcome' })
  outcome!: ConcernTalkOutcome;
}

@Directive('@consent(category: "police.concern-talk")')
@ObjectType('ConcernTalk', { description: 'A talk of concern with the youth and the guardians (orossamtal).' })
class ConcernTalk extends AgencyRecord {
  @Field(() => DateOnly, { nullable: true, description: 'The day of the talk.' })
  date!: string;

  @Field(() => ConcernTalkOutcome, { nullable: true, description: 'The outcome of the talk.' })
  outcome!: ConcernTalkOutcome;
}

@InputType('ConcernTalkFields')
class ConcernTalkFields {
  @IsPastDate()
  @Field(() => DateOnly, { description: 'The day of the talk, not in the future.' })
  date!: string;

  @Field(() => ConcernTalkOutcome, { description: 'The outcome of the talk.' })
  outcome!: ConcernTalkOutcome;
}

/** Talks of concern (orossamtal). */
export const concernTalk: RecordKind = {
  name: 'ConcernTalk',
  category: 'police.concern-talk',
  what: 'a talk of concern (orossamtal)',
  whatSv: 'ett orossamtal',
  type: ConcernTalk,
  row: ConcernTalkRow,
  input: ConcernTalkFields,
  youthField: { name: 'concernTalks', description: 'Talks of concern (orossamtal), latest first.' },
  period: { date: 'date' },
};
