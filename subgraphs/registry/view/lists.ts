import { Arg, Ctx, Directive, Int, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { statement } from '../../../chassis/statement.ts';
import { bareYouth, Youth } from '../../../chassis/youth/youth.ts';
import { type Asker, appendSql, asker, logged } from '../entry/log.ts';
import { type MemberGroup, membershipsOf, PLACE_COLUMNS, PLACE_GROUP, PLACES } from '../entry/membership.ts';
import { GROUP_STATUS_SQL, GroupStatus, groupsOf, InterventionGroup } from '../group/group.ts';
import { type Connection, connectionType, idAfter, pageOf, rowsFor } from '../sql/page.ts';

const MEMBERS = '@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER])';
const YouthConnection = connectionType<Youth>('Youth', () => Youth, MEMBERS);
const GroupConnection = connectionType<InterventionGroup>('InterventionGroup', () => InterventionGroup, MEMBERS);

/** SQL of the rows of a page without the row after it, which only shows that there is more. */
const LISTED = 'FROM (SELECT * FROM page ORDER BY id LIMIT :rows::int - 1) AS listed';

/** The values of a page. */
interface Page {
  readonly after: string | null;
  readonly rows: number;
}

const YOUTHS = statement<Asker & Page>(
  'youths',
  `
  WITH page AS MATERIALIZED (
    SELECT p.youth AS id, min(least(coalesce(p.ends_at, 'infinity'), registry.clock() + interval '1 minute')) AS until
    FROM ${PLACES}
    WHERE p.opened_at IS NOT NULL AND (:after::uuid IS NULL OR p.youth > :after)
    GROUP BY p.youth ORDER BY p.youth LIMIT :rows::int
  ), written AS (
    ${appendSql('READ', 'true', { name: "'youths'", youth: 'listed.id' }, LISTED)}
  )
  SELECT id, floor(extract(epoch FROM until - registry.clock()) * 1000)::int AS "timeLeftMs" FROM page ORDER BY id`,
);

const GROUPS = statement<Asker & Page & { readonly status: GroupStatus | null }>(
  'groups of the caller',
  `
  WITH page AS MATERIALIZED (
    SELECT p.group_id AS id, p.youth, p.programme, ${PLACE_COLUMNS}
    FROM ${PLACES} JOIN registry.intervention_group g ON g.id = p.group_id
    WHERE (:after::uuid IS NULL OR g.id > :after) AND (:status::text IS NULL OR ${GROUP_STATUS_SQL} = :status)
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
  @Directive(MEMBERS)
  @Query(() => YouthConnection, {
    nullable: true,
    description: 'The youths (ungdomar) of the open groups in which you hold an informed seat, by id.',
  })
  async youths(
    @Arg('first', () => Int, { defaultValue: 20, description: 'The largest number to return, from 1 to 200.' })
    first: number,
    @Arg('after', () => String, { nullable: true, description: 'The endCursor of the previous page.' }) after:
      | string
      | null,
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
    description: 'The groups (insatsgrupper) that you are a member of, by id. An ended group has no members.',
  })
  async groups(
    @Arg('status', () => GroupStatus, { nullable: true, description: 'Only groups at this stage.' })
    status: GroupStatus | null,
    @Arg('first', () => Int, { defaultValue: 20, description: 'The largest number to return, from 1 to 200.' })
    first: number,
    @Arg('after', () => String, { nullable: true, description: 'The endCursor of the previous page.' }) after:
      | string
      | null,
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
