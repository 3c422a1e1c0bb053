import { Arg, Ctx, Directive, Int, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { bareYouth, Youth } from '../../../chassis/youth/youth.ts';
import { appendSql, asker, logged } from '../entry/log.ts';
import { type MemberGroup, membershipsOf, PLACE_COLUMNS, PLACES } from '../entry/membership.ts';
import { GROUP_STATUS_SQL, GroupStatus, groupsOf, InterventionGroup } from '../group/group.ts';
import { type Connection, connectionType, idAfter, pageOf, rowsFor } from '../sql/page.ts';

const MEMBERS = '@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER])';
const YouthConnection = connectionType<Youth>('Youth', () => Youth, MEMBERS);
const GroupConnection = connectionType<InterventionGroup>('InterventionGroup', () => InterventionGroup, MEMBERS);

/** What is listed of a page: not the row behind it, which only tells that there is more. */
const LISTED = 'FROM (SELECT * FROM page ORDER BY id LIMIT $9::int - 1) AS listed';

const YOUTHS = `
  WITH page AS MATERIALIZED (
    SELECT g.youth AS id, min(least(coalesce(s.ends_at, 'infinity'), registry.clock() + interval '1 minute')) AS until
    FROM ${PLACES}
    WHERE g.opened_at IS NOT NULL AND ($8::uuid IS NULL OR g.youth > $8)
    GROUP BY g.youth ORDER BY g.youth LIMIT $9::int
  ), written AS (
    ${appendSql('READ', 'true', { name: "'youths'", youth: 'listed.id' }, LISTED)}
  )
  SELECT id, floor(extract(epoch FROM until - registry.clock()) * 1000)::int AS "timeLeftMs" FROM page ORDER BY id`;

const GROUPS = `
  WITH page AS MATERIALIZED (
    SELECT g.id, g.youth, g.programme, ${PLACE_COLUMNS}
    FROM ${PLACES}
    WHERE ($8::uuid IS NULL OR g.id > $8) AND ($10::text IS NULL OR ${GROUP_STATUS_SQL} = $10)
    GROUP BY g.id ORDER BY g.id LIMIT $9::int
  ), written AS (
    ${appendSql(
      'READ',
      'true',
      { name: "'groups'", youth: 'listed.youth', group_id: 'listed.id', programme: 'listed.programme' },
      LISTED,
    )}
  )
  SELECT "groupId", coordinates, "timeLeftMs" FROM page ORDER BY id`;

/** The caller's own youths and groups, a page at a time; each that is listed is an entry. */
@Resolver()
export class ListsResolver {
  @Directive(MEMBERS)
  @Query(() => YouthConnection, {
    nullable: true,
    description: 'The youths of the open groups in which you hold an informed seat, by id.',
  })
  async youths(
    @Arg('first', () => Int, { defaultValue: 20, description: 'How many, from 1 to 200.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'The endCursor of the page before.' }) after:
      | string
      | null,
    @Ctx() context: HubContext,
  ): Promise<Connection<Youth>> {
    const values = [...asker(context), idAfter(after ?? null), rowsFor(first)];
    const rows = await logged<{ id: string; timeLeftMs: number }>({ name: 'youths', text: YOUTHS, values }, context);
    for (const { timeLeftMs } of rows.slice(0, first)) context.response.limitTo(timeLeftMs);
    return pageOf(
      rows.map(({ id }) => bareYouth(id)),
      first,
    );
  }

  @Directive(MEMBERS)
  @Query(() => GroupConnection, {
    nullable: true,
    description: 'The groups that you are a member of, by id; ended groups have no members.',
  })
  async groups(
    @Arg('status', () => GroupStatus, { nullable: true, description: 'Only groups that have come this far.' })
    status: GroupStatus | null,
    @Arg('first', () => Int, { defaultValue: 20, description: 'How many, from 1 to 200.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'The endCursor of the page before.' }) after:
      | string
      | null,
    @Ctx() context: HubContext,
  ): Promise<Connection<InterventionGroup>> {
    const values = [...asker(context), idAfter(after ?? null), rowsFor(first), status ?? null];
    const rows = await logged<MemberGroup>({ name: 'groups of the caller', text: GROUPS, values }, context);
    const memberships = membershipsOf(context);
    const listed = rows.slice(0, first);
    for (const place of listed) memberships.enter(place);
    const ids = listed.map(({ groupId }) => groupId);
    return pageOf(await groupsOf(ids, context), first, rows.length > first);
  }
}
