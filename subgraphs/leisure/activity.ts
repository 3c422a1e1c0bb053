import { Entity, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Max, MaxLength, Min, MinLength } from 'class-validator';
import { Directive, Field, InputType, Int, ObjectType } from 'type-graphql';
import { DateOnly } from '../../chassis/input/scalars.ts';
import { IsFromOrLater, IsPastDate } from '../../chassis/input/validators.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';

const WHEREABOUTS = '@consent(category: "leisure.activity", whereabouts: true)';

@Entity({ tableName: 'activity' })
@Unique({ properties: ['agency', 'sourceId'] })
class ActivityRow extends RecordRow {
  @Property({ type: 'text' })
  activity!: string;

  @Property({ type: 'text' })
  organiser!: string;

  @Property({ type: 'text' })
  place!: string;

  @Property({ type: 'date' })
  from!: string;

  @Property({ type: 'date', nullable: true })
  to: string | null = null;

  @Property({ type: 'integer', nullable: true })
  timesOffered: number | null = null;

  @Property({ type: 'integer', nullable: true })
  timesAttended: number | null = null;
}

@Directive('@consent(category: "leisure.activity")')
@ObjectType('Activity', { description: 'An activity that the youth takes part in (fritidsaktivitet).' })
class Activity extends AgencyRecord {
  @Field(() => String, {
    nullable: true,
    description:
      'The activity, for example boxing or music (aktivitet). While the youth has protected identity, other agencies read it only if it is marked as naming no place.',
  })
  activity!: string;

  @Directive(WHEREABOUTS)
  @Field(() => String, {
    nullable: true,
    description:
      'The club or unit that arranges it (arrangör). Other agencies cannot read it while the youth has protected identity.',
  })
  organiser!: string;

  @Directive(WHEREABOUTS)
  @Field(() => String, {
    nullable: true,
    description:
      'The place where it is held (plats). Other agencies cannot read it while the youth has protected identity.',
  })
  place!: string;

  @Field(() => DateOnly, { nullable: true, description: 'The first day.' })
  from!: string;

  @Field(() => DateOnly, { nullable: true, description: 'The last day. Null if it has not ended.' })
  to!: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'The number of times it has been held for the youth so far (erbjudna tillfällen). Null if not counted.',
  })
  timesOffered!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The number of those times that the youth came (närvaro). Null if not counted.',
  })
  timesAttended!: number | null;
}

@InputType('ActivityFields')
class ActivityFields {
  @MinLength(1)
  @MaxLength(200)
  @Field(() => String, { description: 'The activity, 1 to 200 characters. Never write another person’s identity.' })
  activity!: string;

  @MinLength(1)
  @MaxLength(200)
  @Field(() => String, { description: 'The club or unit that arranges it, 1 to 200 characters, never a person.' })
  organiser!: string;

  @MinLength(1)
  @MaxLength(200)
  @Field(() => String, { description: 'The place where it is held, 1 to 200 characters.' })
  place!: string;

  @IsPastDate()
  @Field(() => DateOnly, { description: 'The first day, not in the future.' })
  from!: string;

  @IsFromOrLater()
  @Field(() => DateOnly, {
    nullable: true,
    description: 'The last day, not before the first. Leave it out if it has not ended.',
  })
  to?: string;

  @Min(0)
  @Max(10_000)
  @Field(() => Int, { nullable: true, description: 'The number of times it has been held for the youth, 0 to 10,000.' })
  timesOffered?: number;

  @Min(0)
  @Max(10_000)
  @Field(() => Int, {
    nullable: true,
    description: 'The number of those times that the youth came. It requires `timesOffered`.',
  })
  timesAttended?: number;
}

/** Activities that youths take part in. */
export const activity: RecordKind = {
  name: 'Activity',
  category: 'leisure.activity',
  what: 'an activity that the youth takes part in (fritidsaktivitet)',
  whatSv: 'en fritidsaktivitet',
  type: Activity,
  row: ActivityRow,
  input: ActivityFields,
  places: ['activity'],
  youthField: { name: 'activities', description: 'Activities that the youth takes part in, latest first.' },
  period: { from: 'from', to: 'to' },
  faults(fields) {
    const { timesOffered, timesAttended } = fields as ActivityFields;
    if (timesAttended == null || timesAttended <= (timesOffered ?? -1)) return [];
    return [
      {
        field: 'timesAttended',
        message: 'timesAttended must be at most timesOffered. Send both, or leave timesAttended out.',
      },
    ];
  },
};
