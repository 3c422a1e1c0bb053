import { Arg, Ctx, Directive, Int, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { type Connection, idAfter, pageOf, rowsFor } from '../../../chassis/page.ts';
import { statement } from '../../../chassis/statement.ts';
import { HubError } from '../../../schema/errors.ts';
import { isMixedAuditor } from '../entry/auditor.ts';
import { type Asker, appendSql, asker, logged } from '../entry/log.ts';
import { isToldSql } from '../sql/ending.ts';
import { connectionType } from '../sql/page.ts';
import { Bar } from './bar.ts';

const MANAGERS = '@restricted(roles: [MANAGER])';
const BarConnection = connectionType<Bar>('Bar', () => Bar, MANAGERS);

const BARS = statement<Asker & { readonly after: string | null; readonly rows: number }>(
  'bars',
  `
  WITH page AS MATERIALIZED (
    SELECT b.id, b.subject, b.youth AS "youthId", b.ground, b.recorded_at AS "recordedAt", b.recorded_by AS "recordedBy"
    FROM registry.bars_in_hands_of(:caller, :actor, :roles, :agency) b
    WHERE b.lifted_at IS NULL AND ${isToldSql('b.recorded_at')} AND (:after::uuid IS NULL OR b.id > :after)
    ORDER BY b.id LIMIT :rows::int
  ), written AS (
    ${appendSql(
      'READ',
      "registry.acts_as(:roles, 'MANAGER')",
      { name: "'bars'", thing: 'listed.id', youth: 'listed."youthId"' },
      // The row after the page only shows that there is more. Finding none is an entry too.
      'FROM (VALUES (true)) AS asked LEFT JOIN (SELECT * FROM page ORDER BY id LIMIT :rows::int - 1) AS listed ON true',
    )}
  )
  SELECT * FROM page ORDER BY id`,
);

/** The callers whom an agency bars. */
@Resolver()
export class BarsResolver {
  @Directive(MANAGERS)
  @Query(() => BarConnection, {
    nullable: true,
    description:
      'The bars of your agency that are in force, by id, for liftBar. A bar shows about ten seconds after it was recorded: earlier, answers to the caller may still be on their way. Bars against yourself are left out. Each listed bar adds an entry to the log.',
  })
  async bars(
    @Arg('first', () => Int, { defaultValue: 20, description: 'The largest number to return, from 1 to 200.' })
    first: number,
    @Arg('after', () => String, { nullable: true, description: 'The endCursor of the previous page.' }) after:
      | string
      | null,
    @Ctx() context: HubContext,
  ): Promise<Connection<Bar>> {
    const page = { after: idAfter(after ?? null), rows: rowsFor(first) };
    const rows = await logged<Bar>(BARS({ ...asker(context), ...page }), context);
    // C1: an auditor has no other role.
    if (isMixedAuditor(context)) throw HubError.constant('FORBIDDEN');
    return pageOf(rows, first);
  }
}
