import { Arg, Ctx, Directive, Int, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { type Connection, idAfter, pageOf, rowsFor } from '../../../chassis/page.ts';
import { statement } from '../../../chassis/statement.ts';
import { bareYouth, Youth } from '../../../chassis/youth/youth.ts';
import { type Asker, appendSql, asker, logged } from '../entry/log.ts';
import { type MemberGroup, membershipsOf, PLACE_COLUMNS, PLACE_GROUP, PLACES } from '../entry/membership.ts';
import { GROUP_STATUS_SQL, GroupStatus, groupsOf, InterventionGroup } from '../group/group.ts';
import { isToldSql } from '../sql/ending.ts';
import { connectionType } from '../sql/page.ts';
import { AFTER, type AskedPage, FIRST, LISTED } from './paging.ts';

const MEMBERS = '@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER])';
const READERS = '@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER, SYSTEM])';
const YouthConnection = connectionType<Youth>('Youth', () => Youth, READERS);
const GroupConnection = connectionType<InterventionGroup>('InterventionGroup', () => InterventionGroup, MEMBERS);

const YOUTHS = statement<Asker & AskedPage>(
  'youths',
  `
  WITH page AS MATERIALIZED (
    SELECT p.youth AS id, min(least(coalesce(p.ends_at, 'infinity'), registry.clock() + interval '1 minute')) AS until
    FROM (
      SELECT p.youth, p.ends_at FROM ${PLACES} WHERE p.opened_at IS NOT NULL
      UNION ALL SELECT s.youth, NULL FROM registry.youths_of_system(:actor, :roles, :agency) s
    ) p
    WHERE :after::uuid IS NULL OR p.youth > :after
    GROUP BY p.youth ORDER BY p.youth LIMIT :rows::int
  ), written AS (
    ${appendSql('READ', 'true', { name: "'youths'", youth: 'listed.id' }, LISTED)}
  )
  SELECT id, floor(extract(epoch FROM until - registry.clock()) * 1000)::int AS "timeLeftMs" FROM page ORDER BY id`,
);

const GROUPS = statement<Asker & AskedPage & { readonly status: GroupStatus | null }>(
  'groups of the caller',
  `
  WITH page AS MATERIALIZED (
    SELECT p.group_id AS id, p.youth, p.programme, ${PLACE_COLUMNS}
    FROM (
      SELECT p.* FROM ${PLACES}
      UNION ALL SELECT e.* FROM registry.ended_places_of(:caller, :roles, :agency) e WHERE :status::text = 'ENDED'
    ) p JOIN registry.intervention_group g ON g.id = p.group_id
    WHERE (:after::uuid IS NULL OR g.id > :after) AND (g.ended_at IS NULL OR ${isToldSql('g.ended_at')}) AND (:status::text IS NULL OR ${GROUP_STATUS_SQL} = :status)
    GROUP BY ${PLACE_GROUP} ORDER BY p.group_id LIMIT :rows::int
  ), written AS (
    ${appendSql(
      'READ',
      'true',
      { name: "'groups'", youth: 'listed.youth', group_id: 'listed.id', programme: 'listed.programme' },
      LISTED,
    )}
  )
  SELECT "groupId", coordinates, "timeLeftMs" FROM page ORDER BY id`,
);

/** The lists of the caller's own youths and groups, a page at a time. Each listed one is an entry. */
@Resolver()
export class ListsResolver {
  @Directive(READERS)
  @Query(() => YouthConnection, {
    nullable: true,
    description:
      'The youths (ungdomar) of the open groups in which you hold an informed seat, by id. For an agency’s system: the youths of whom a seat of the agency has been informed, and whom the agency may thus have linked.',
  })
  async youths(
    @Arg('first', () => Int, { defaultValue: 20, description: FIRST }) first: number,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after: string | null,
    @Ctx() context: HubContext,
  ): Promise<Connection<Youth>> {
    const page = { after: idAfter(after ?? null), rows: rowsFor(first) };
    const rows = await logged<{ id: string; timeLeftMs: number }>(YOUTHS({ ...asker(context), ...page }), context);
    for (const { timeLeftMs } of rows.slice(0, first)) context.response.limitTo(timeLeftMs);
    return pageOf(
      rows.map(({ id }) => bareYouth(id)),
      first,
    );
  }

  @Directive(MEMBERS)
  @Query(() => GroupConnection, {
    nullable: true,
    description:
      'The groups (insatsgrupper) that you are a member of, by id. An ended group has no members: status ENDED lists the groups that you coordinated, for the lead agency, until they ended.',
  })
  async groups(
    @Arg('status', () => GroupStatus, { nullable: true, description: 'Only groups at this stage.' })
    status: GroupStatus | null,
    @Arg('first', () => Int, { defaultValue: 20, description: FIRST }) first: number,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after: string | null,
    @Ctx() context: HubContext,
  ): Promise<Connection<InterventionGroup>> {
    const page = { after: idAfter(after ?? null), rows: rowsFor(first) };
    const rows = await logged<MemberGroup>(GROUPS({ ...asker(context), ...page, status: status ?? null }), context);
    const memberships = membershipsOf(context);
    const listed = rows.slice(0, first);
    for (const place of listed) memberships.enter(place);
    const ids = listed.map(({ groupId }) => groupId);
    return pageOf(await groupsOf(ids, context), first, rows.length > first);
  }
}
