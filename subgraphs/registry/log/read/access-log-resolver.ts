import { Arg, Ctx, Directive, Int, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../../chassis/decide/context.ts';
import { type Connection, pageOf, rowsFor } from '../../../../chassis/page.ts';
import { connectionType, cursorAt, momentAfter } from '../../sql/page.ts';
import { AccessLogEntry, AccessLogFilter } from './access-log.ts';
import { entriesQuery } from './access-log-query.ts';
import { demandInterval, readLog } from './access-reader.ts';
import { answerOf } from './access-time.ts';
import { type EntryAnswer, entryOf } from './entry-answer.ts';

const READERS = '@restricted(roles: [AUDITOR, MANAGER])';
const AccessLogConnection = connectionType<AccessLogEntry>('AccessLogEntry', () => AccessLogEntry, READERS);

/** `accessLog`: the hub's auditors read all; an agency's auditors and managers, what the agency is source or recipient of. */
@Resolver()
export class AccessLogResolver {
  @Directive(READERS)
  @Query(() => AccessLogConnection, {
    nullable: true,
    description:
      'Entries of the access log, latest first. Auditors of the hub see all. Auditors and managers of an agency see those in which the agency is source or recipient. An entry shows about ten seconds after it was written: earlier it could reveal an end that is not in force yet. The outcomes of answers (RELEASED, WITHHELD, LATE) are listed only if the filter asks for that kind; a decision shows its outcome as disclosure, why and elapsedMs. The log does not show why you were denied. Reading the log adds an entry to it.',
  })
  async accessLog(
    @Arg('filter', () => AccessLogFilter, { description: 'The entries to select.' }) filter: AccessLogFilter,
    @Arg('first', () => Int, { defaultValue: 50, description: 'The largest number to return, from 1 to 200.' })
    first: number,
    @Arg('after', () => String, { nullable: true, description: 'The endCursor of the previous page.' }) after:
      | string
      | null,
    @Ctx() context: HubContext,
  ): Promise<Connection<AccessLogEntry>> {
    demandInterval(filter, 'filter.from');
    const [place, rows] = [momentAfter(after ?? null), rowsFor(first)];
    const reading = await readLog('accessLog', filter, context);
    const found = await answerOf<EntryAnswer>(entriesQuery(filter, reading, place, rows), context);
    return pageOf(found.map(entryOf), first, found.length > first, cursorAt);
  }
}
