import { Arg, Ctx, Directive, ID, Int, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../../chassis/decide/context.ts';
import { type Connection, pageOf, rowsFor } from '../../../../chassis/page.ts';
import { statement } from '../../../../chassis/statement.ts';
import { HubError } from '../../../../schema/errors.ts';
import { isYouthId } from '../../../../schema/youth-id.ts';
import { agencySql } from '../../catalogue/agency.ts';
import { connectionType, cursorAt, type Moment, momentAfter } from '../../sql/page.ts';
import { readLog } from '../read/access-reader.ts';
import { Telling } from './telling.ts';

const READERS = '@restricted(roles: [AUDITOR, MANAGER])';
const TellingConnection = connectionType<Telling>('Telling', () => Telling, READERS);

const TELLINGS = statement<{
  readonly youthId: string;
  readonly scope: number | null;
  readonly micros: string | null;
  readonly id: string | null;
  readonly rows: number;
}>(
  'tellings',
  `
  SELECT t.id, (extract(epoch FROM t.recorded_at) * 1000000)::bigint::text AS micros, t.entry AS "entryId",
    ${agencySql('a')} AS agency, t.decision, t.ground, t.revision, t.recorded_at AS "recordedAt", t.recorded_by AS "recordedBy"
  FROM registry.telling t JOIN registry.agency a ON a.id = t.agency
  WHERE t.youth = :youthId AND (:scope::int IS NULL OR t.agency = :scope)
    AND (:micros::bigint IS NULL
      OR (t.recorded_at, t.id) < (timestamptz 'epoch' + :micros::bigint * interval '1 microsecond', :id::uuid))
  ORDER BY t.recorded_at DESC, t.id DESC LIMIT :rows::int`,
);

/** `tellings`: what was decided about telling, for those who may decide otherwise. */
@Resolver()
export class TellingsResolver {
  @Directive(READERS)
  @Query(() => TellingConnection, {
    nullable: true,
    description:
      'The decisions on whether the extract for a youth shows accesses, latest first. Auditors and managers of an agency see that agency’s decisions. Auditors of the hub see all. Reading them adds an entry to the log.',
  })
  async tellings(
    @Arg('youthId', () => ID, { description: 'The youth (UUID).' }) youthId: string,
    @Arg('first', () => Int, { defaultValue: 50, description: 'The largest number to return, from 1 to 200.' })
    first: number,
    @Arg('after', () => String, { nullable: true, description: 'The endCursor of the previous page.' }) after:
      | string
      | null,
    @Ctx() context: HubContext,
  ): Promise<Connection<Telling>> {
    if (!isYouthId(youthId)) {
      throw new HubError('BAD_USER_INPUT', 'youthId is the id of a youth, a UUID.', { field: 'youthId' });
    }
    const [place, rows] = [momentAfter(after ?? null), rowsFor(first)];
    const { scope } = await readLog('tellings', { youthId }, context);
    const { micros = null, id = null } = place ?? {};
    const found = await context.sector.pool.query<Telling & Moment>(TELLINGS({ youthId, scope, micros, id, rows }));
    return pageOf(found.rows, first, found.rows.length > first, cursorAt);
  }
}
