import { Entity, Property, Unique } from '@mikro-orm/decorators/legacy';
import { IsInt, Max, Min } from 'class-validator';
import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  Info,
  InputType,
  Int,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql';
import type { HubContext } from '../../chassis/decide/context.ts';
import { DateOnly } from '../../chassis/input/scalars.ts';
import { IsFromOrLater, IsPastDate } from '../../chassis/input/validators.ts';
import { type Narrowing, type ReadRecord, recordsOf } from '../../chassis/record/read.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';
import { Youth } from '../../chassis/youth/youth.ts';
import { HubError } from '../../schema/errors.ts';

/** The minutes of a leap year, the most that a period can have. */
const MOST_MINUTES = 366 * 24 * 60;

@Entity({ tableName: 'attendance' })
@Unique({ properties: ['agency', 'sourceId'] })
class AttendanceRow extends RecordRow {
  @Property({ type: 'date' })
  from!: string;

  @Property({ type: 'date' })
  to!: string;

  @Property({ type: 'integer' })
  minutesPlanned!: number;

  @Property({ type: 'integer' })
  minutesPresent!: number;

  @Property({ type: 'integer' })
  minutesValidAbsence!: number;

  @Property({ type: 'integer' })
  minutesInvalidAbsence!: number;
}

@Directive('@consent(category: "school.attendance")')
@ObjectType('Attendance', {
  description:
    'The attendance of one period in minutes (närvaro och frånvaro), in the form of SS12000 aggregated attendance. Planned minutes that are neither presence nor absence have not been reported.',
})
class Attendance extends AgencyRecord {
  @Field(() => DateOnly, { nullable: true, description: 'The first day of the period.' })
  from!: string;

  @Field(() => DateOnly, { nullable: true, description: 'The last day of the period.' })
  to!: string;

  @Field(() => Int, { nullable: true, description: 'Minutes planned for the youth (planerad undervisningstid).' })
  minutesPlanned!: number;

  @Field(() => Int, { nullable: true, description: 'Minutes present (närvaro).' })
  minutesPresent!: number;

  @Field(() => Int, { nullable: true, description: 'Minutes of valid absence (giltig frånvaro).' })
  minutesValidAbsence!: number;

  @Field(() => Int, { nullable: true, description: 'Minutes of invalid absence (ogiltig frånvaro).' })
  minutesInvalidAbsence!: number;
}

@InputType('AttendanceFields')
class AttendanceFields {
  @IsPastDate()
  @Field(() => DateOnly, { description: 'The first day of the period, not in the future.' })
  from!: string;

  @IsFromOrLater()
  @IsPastDate()
  @Field(() => DateOnly, { description: 'The last day of the period, not before `from` and not in the future.' })
  to!: string;

  @IsInt()
  @Min(0)
  @Max(MOST_MINUTES)
  @Field(() => Int, { description: 'Minutes planned for the youth.' })
  minutesPlanned!: number;

  @IsInt()
  @Min(0)
  @Field(() => Int, {
    description: 'Minutes present. Together with the absences they are at most the planned minutes.',
  })
  minutesPresent!: number;

  @IsInt()
  @Min(0)
  @Field(() => Int, { description: 'Minutes of valid absence.' })
  minutesValidAbsence!: number;

  @IsInt()
  @Min(0)
  @Field(() => Int, { description: 'Minutes of invalid absence.' })
  minutesInvalidAbsence!: number;
}

/** Attendance per period. Its field on Youth takes arguments, so AttendanceResolver has it and not the chassis. */
export const attendance: RecordKind = {
  name: 'Attendance',
  category: 'school.attendance',
  what: 'the attendance of a period (närvaro och frånvaro)',
  whatSv: 'närvaro och frånvaro under en period',
  type: Attendance,
  row: AttendanceRow,
  input: AttendanceFields,
  period: { from: 'from', to: 'to' },
  faults(fields) {
    const { minutesPlanned, minutesPresent, minutesValidAbsence, minutesInvalidAbsence } = fields as AttendanceFields;
    if (minutesPresent + minutesValidAbsence + minutesInvalidAbsence <= minutesPlanned) return [];
    return [
      {
        field: 'minutesPlanned',
        message: 'Presence and absences together must be at most the minutes planned. Compare the four numbers.',
      },
    ];
  },
};

/** `attendance(from, to)` on Youth. */
@Resolver(() => Youth)
export class AttendanceResolver {
  @Directive('@consent(category: "school.attendance")')
  @FieldResolver(() => [Attendance], {
    nullable: true,
    description:
      'The attendance per period (närvaro och frånvaro), latest first. With `from` or `to`, only the periods that lie wholly inside. BAD_USER_INPUT if `to` is before `from`.',
  })
  async attendance(
    @Root() youth: Youth,
    @Ctx() context: HubContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('from', () => DateOnly, { nullable: true, description: 'Only periods that begin on this day or later.' })
    from?: string | null,
    @Arg('to', () => DateOnly, { nullable: true, description: 'Only periods that end on this day or earlier.' })
    to?: string | null,
  ): Promise<readonly ReadRecord[]> {
    if (from != null && to != null && to < from) {
      throw new HubError('BAD_USER_INPUT', 'to must be the same day as from, or a later one. Correct one of the two.', {
        field: 'to',
      });
    }
    return recordsOf(attendance, youth.id, context, info, inside(from ?? null, to ?? null));
  }
}

/** The condition for the arguments. Without any there is none, so that usual reads share one statement. */
function inside(from: string | null, to: string | null): Narrowing {
  if (from === null && to === null) return { sql: '', values: {} };
  return {
    sql: ' AND (:from::date IS NULL OR r.from >= :from) AND (:to::date IS NULL OR r.to <= :to)',
    values: { from, to },
  };
}
