import { Arg, Ctx, Directive, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { DateTime } from '../../../chassis/input/scalars.ts';
import { type Connection, idAfter, pageOf, rowsFor } from '../../../chassis/page.ts';
import { statement } from '../../../chassis/statement.ts';
import { bareYouth, Youth } from '../../../chassis/youth/youth.ts';
import { Agency, agencySql } from '../catalogue/agency.ts';
import { PROGRAMME_SQL, Programme } from '../catalogue/programme.ts';
import { type Asker, appendSql, asker, logged } from '../entry/log.ts';
import { SEAT_STATUS_SQL, SeatRole, SeatStatus } from '../group/seat.ts';
import { connectionType } from '../sql/page.ts';
import { AFTER, type AskedPage, FIRST, LISTED } from './paging.ts';

const MEMBERS = '@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER])';

/** A seat that the caller holds or may take over. */
@Directive(MEMBERS)
@ObjectType('MySeat', {
  description: 'A seat (plats) that you hold, or that you may take over as its deputy (ersättare).',
})
export class MySeat {
  @Field(() => ID, { nullable: true, description: 'The id of the seat (UUID).' })
  id!: string;

  @Field(() => SeatRole, { nullable: true, description: 'The role of the seat’s holder in the group.' })
  role!: SeatRole;

  @Field(() => Agency, { nullable: true, description: 'The agency that leads the group.' })
  leadAgency!: Agency;

  @Field(() => Programme, { nullable: true, description: 'The programme under which the group works.' })
  programme!: Programme;

  @Field(() => ID, { nullable: true, description: 'The id of the group (UUID). Null until your agency is informed.' })
  groupId!: string | null;

  @Field(() => Youth, {
    nullable: true,
    description: 'The youth that the group is about. Null until a signed consent names your agency.',
  })
  youth!: Youth | null;

  @Field(() => String, { nullable: true, description: 'The subject of the holder (innehavare).' })
  holder!: string | null;

  @Field(() => String, { nullable: true, description: 'The subject of the deputy (ersättare).' })
  deputy!: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True if you hold the seat now. Otherwise take it over, or back, by handOverSeat.',
  })
  isHeldByYou!: boolean;

  @Field(() => SeatStatus, { nullable: true, description: 'The stage of the seat.' })
  status!: SeatStatus;

  @Field(() => DateTime, { nullable: true, description: 'When your agency was invited.' })
  invitedAt!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the seat was informed of the youth. Null if that has not happened.',
  })
  informedAt!: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The number of changes of holder, deputy, hand-over and end. Send it as expectedRevision.',
  })
  revision!: number;
}

const MySeatConnection = connectionType<MySeat>('MySeat', () => MySeat, MEMBERS);

/** A seat as the database answers it. */
type SeatAnswer = Omit<MySeat, 'youth'> & { readonly youthId: string | null; readonly timeLeftMs: number };

const SEATS = statement<Asker & AskedPage>(
  'seats of the caller',
  `
  WITH page AS MATERIALIZED (
    SELECT o.seat AS id, o.group_id, o.youth, o.programme
    FROM registry.seats_open_to(:caller, :roles, :agency) o
    WHERE :after::uuid IS NULL OR o.seat > :after
    ORDER BY o.seat LIMIT :rows::int
  ), written AS (
    ${appendSql(
      'READ',
      'true',
      { name: "'mySeats'", thing: 'listed.id', youth: 'listed.youth', programme: 'listed.programme' },
      LISTED,
    )}
  )
  SELECT s.id, s.role, ${agencySql('lead')} AS "leadAgency", ${PROGRAMME_SQL} AS programme,
    CASE WHEN s.informed_at IS NOT NULL THEN page.group_id END AS "groupId", page.youth AS "youthId", s.holder, s.deputy,
    coalesce(held.subject = :caller, false) AS "isHeldByYou", ${SEAT_STATUS_SQL} AS status, s.recorded_at AS "invitedAt",
    s.informed_at AS "informedAt", s.revision,
    floor(extract(epoch FROM least(
      coalesce(s.ended_at, 'infinity'), registry.clock() + interval '1 minute'
    ) - registry.clock()) * 1000)::int AS "timeLeftMs"
  FROM page JOIN registry.seat s ON s.id = page.id
  LEFT JOIN registry.seat_held held ON held.seat = s.id
  JOIN registry.intervention_group g ON g.id = page.group_id
  JOIN registry.programme p ON p.id = g.programme
  JOIN registry.agency lead ON lead.id = g.lead_agency
  ORDER BY s.id`,
);

/** The list of the caller's own seats, a page at a time. Each listed seat is an entry. */
@Resolver()
export class MySeatsResolver {
  @Directive(MEMBERS)
  @Query(() => MySeatConnection, {
    nullable: true,
    description:
      'The seats (platser) that you hold or may take over as deputy, in groups that have not ended, by id. A deputy finds here the seat for handOverSeat.',
  })
  async mySeats(
    @Arg('first', () => Int, { defaultValue: 20, description: FIRST }) first: number,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after: string | null,
    @Ctx() context: HubContext,
  ): Promise<Connection<MySeat>> {
    const page = { after: idAfter(after ?? null), rows: rowsFor(first) };
    const rows = await logged<SeatAnswer>(SEATS({ ...asker(context), ...page }), context);
    for (const { timeLeftMs } of rows.slice(0, first)) context.response.limitTo(timeLeftMs);
    return pageOf(
      rows.map(({ youthId, ...seat }) => ({ ...seat, youth: youthId === null ? null : bareYouth(youthId) })),
      first,
    );
  }
}
