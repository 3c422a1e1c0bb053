import { Arg, Ctx, Directive, ID, Int, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../../chassis/decide/context.ts';
import { DateTime } from '../../../../chassis/input/scalars.ts';
import { type Connection, pageOf, rowsFor } from '../../../../chassis/page.ts';
import { Bindings } from '../../../../chassis/statement.ts';
import { HubError } from '../../../../schema/errors.ts';
import { isYouthId } from '../../../../schema/youth-id.ts';
import { agencySql } from '../../catalogue/agency.ts';
import { connectionType, cursorAt, type Moment, momentAfter } from '../../sql/page.ts';
import { ownSql } from '../read/access-log-query.ts';
import { demandInterval, type LogReader, readLog } from '../read/access-reader.ts';
import { answerOf } from '../read/access-time.ts';
import { afterSql, entryById } from '../read/entry-answer.ts';
import { RecordedReview, ReviewOutcome } from './review.ts';

const READERS = '@restricted(roles: [AUDITOR, MANAGER])';
const RecordedReviewConnection = connectionType<RecordedReview>('RecordedReview', () => RecordedReview, READERS);

/** Which reviews somebody reads. */
interface Wanted {
  readonly from: Date;
  readonly to: Date;
  readonly outcome: ReviewOutcome | null;
  readonly entryId: string | null;
}

/** The statement for `rows` reviews, latest first, after a place in that order. */
function reviewsQuery({ from, to, outcome, entryId }: Wanted, reading: LogReader, after: Moment | null, rows: number) {
  const bindings = new Bindings();
  const { bind } = bindings;
  const entries = 'FROM registry.review_entry x WHERE x.review = r.id';
  const all = [`r.recorded_at >= ${bind(from, 'timestamptz')}`, `r.recorded_at < ${bind(to, 'timestamptz')}`];
  if (outcome !== null) all.push(`r.outcome = ${bind(outcome, 'text')}`);
  if (entryId !== null) all.push(`EXISTS (SELECT ${entries} AND x.entry = ${bind(entryId, 'uuid')})`);
  if (reading.scope !== null) all.push(`r.agency = ${bind(reading.scope, 'int')}`);
  // What others found about the reader is not for the reader.
  const own = ownSql(bind(reading.names, 'text[]'));
  all.push(`NOT EXISTS (SELECT ${entries} AND EXISTS (SELECT FROM ${entryById('x.entry')} WHERE ${own}))`);
  const text = `
    SELECT r.id, (extract(epoch FROM r.recorded_at) * 1000000)::bigint::text AS micros, ${agencySql('a')} AS agency,
      ARRAY(SELECT x.entry ${entries} ORDER BY x.entry) AS "entryIds",
      ARRAY(SELECT x.entry ${entries} AND NOT EXISTS (SELECT FROM ${entryById('x.entry')}) ORDER BY x.entry)
        AS "erasedEntryIds", r.outcome, r.note, r.seed,
      r.recorded_at AS "recordedAt", r.recorded_by AS "recordedBy"
    FROM registry.review r JOIN registry.agency a ON a.id = r.agency
    WHERE ${all.join(' AND ')}${afterSql(after, bind, 'r.recorded_at, r.id')}
    ORDER BY r.recorded_at DESC, r.id DESC LIMIT ${bind(rows, 'int')}`;
  return bindings.statement(text);
}

/** `recordedReviews`: what came out of the reviews that were made. */
@Resolver()
export class RecordedReviewsResolver {
  @Directive(READERS)
  @Query(() => RecordedReviewConnection, {
    nullable: true,
    description:
      'The results of reviews of the access log, latest first. Auditors of the hub see all. Auditors and managers of an agency see the reviews that the agency made. Reviews of your own entries are left out. The interval is at most a year. Reading them adds an entry to the log.',
  })
  async recordedReviews(
    @Arg('from', () => DateTime, { description: 'Recorded from this instant on.' }) from: Date,
    @Arg('to', () => DateTime, { description: 'Recorded before this instant.' }) to: Date,
    @Arg('outcome', () => ReviewOutcome, { nullable: true, description: 'Only reviews with this outcome.' })
    outcome: ReviewOutcome | null,
    @Arg('entryId', () => ID, { nullable: true, description: 'Only reviews of this entry (UUID).' }) entryId:
      | string
      | null,
    @Arg('first', () => Int, { defaultValue: 50, description: 'The largest number to return, from 1 to 200.' })
    first: number,
    @Arg('after', () => String, { nullable: true, description: 'The endCursor of the previous page.' }) after:
      | string
      | null,
    @Ctx() context: HubContext,
  ): Promise<Connection<RecordedReview>> {
    demandInterval({ from, to }, 'from');
    const wanted = { from, to, outcome: outcome ?? null, entryId: entryOf(entryId ?? null) };
    const [place, rows] = [momentAfter(after ?? null), rowsFor(first)];
    const how = [...(wanted.outcome === null ? [] : [`outcome:${outcome}`])];
    if (wanted.entryId !== null) how.push(`entry:${wanted.entryId}`);
    const reading = await readLog('recordedReviews', {}, context, how);
    const found = await answerOf<RecordedReview & Moment>(reviewsQuery(wanted, reading, place, rows), context);
    return pageOf(found, first, found.length > first, cursorAt);
  }
}

function entryOf(id: string | null): string | null {
  if (id === null || isYouthId(id)) return id;
  throw new HubError('BAD_USER_INPUT', 'entryId is the id of an entry, a UUID.', { field: 'entryId' });
}
