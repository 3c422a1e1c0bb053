import { Arg, Ctx, Directive, Field, Int, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import type { HubContext } from '../../../../chassis/decide/context.ts';
import { DateTime } from '../../../../chassis/input/scalars.ts';
import { rowsFor } from '../../../../chassis/page.ts';
import { Bindings } from '../../../../chassis/statement.ts';
import { AccessLogEntry, AccessLogFilter } from '../read/access-log.ts';
import { readerOf, selectionOf } from '../read/access-log-query.ts';
import { demandInterval, type LogReader, readLog } from '../read/access-reader.ts';
import { answerOf } from '../read/access-time.ts';
import { ofUnit } from '../read/condition.ts';
import { ENTRY_COLUMNS, type EntryAnswer, entryById, entryOf, entrySources } from '../read/entry-answer.ts';
import {
  AccessReviewKind,
  MANY_YOUTHS,
  NEAR_AN_END_HOURS,
  ODD_FROM,
  ODD_UNTIL,
  REPEATED_DENIALS,
  RULES,
} from './access-review-rules.ts';

const READERS = '@restricted(roles: [AUDITOR, MANAGER])';

registerEnumType(AccessReviewKind, {
  name: 'AccessReviewKind',
  description: 'The pattern that a review of the access log looks for.',
  valuesConfig: {
    RELEASED_AFTER_END: {
      description:
        'Reads whose answer may have left after the end of the consent, grant or group on which they rest. The fence allows those that are in flight: they were decided before the end could be seen, and left in time. Any other is a fault of the hub.',
    },
    NO_SEAT: { description: 'Attempts without an informed seat to read youths, groups and consents.' },
    PROTECTED_IDENTITY: {
      description:
        'Reads about youths with protected identity: the denied ones, and those that crossed under a consent. Auditors of the hub and of the youth’s lead agency find all of them, others only those that were decided under an informed seat in an open group.',
    },
    POSSIBLY_DISCLOSED: { description: 'Permitted reads for which it is unknown whether the answer left.' },
    MANY_YOUTHS: { description: `A person who asked about ${MANY_YOUTHS} youths or more within a full hour.` },
    ODD_HOURS: {
      description: `A person who asked between ${ODD_FROM} and ${ODD_UNTIL} o’clock, Swedish time. One finding for each person and hour.`,
    },
    REPEATED_DENIALS: {
      description: `A caller with ${REPEATED_DENIALS} or more requests denied on one day, wholly or in part, because the caller was barred or had no role, assignment or informed seat. Denials that follow from the consent alone do not count: members meet them in ordinary work.`,
    },
    SHORTLY_BEFORE_AN_END: {
      description: `Reads within ${NEAR_AN_END_HOURS} hours before a refusal or withdrawal, and attempts within ${NEAR_AN_END_HOURS} hours after an end. Both are about the consent or grant that ended.`,
    },
  },
});

/** A finding of a review. */
@Directive(READERS)
@ObjectType('AccessFinding', {
  description: 'A finding of a review of the access log: one entry, or several of one caller.',
})
export class AccessFinding {
  @Field(() => AccessLogEntry, { nullable: true, description: 'The entry. If there are several, the latest.' })
  entry!: AccessLogEntry;

  @Field(() => Int, { nullable: true, description: 'The number of entries in the finding.' })
  entries!: number;

  @Field(() => Int, { nullable: true, description: 'The number of youths, if the finding has several entries.' })
  youths!: number | null;

  @Field(() => DateTime, { nullable: true, description: 'When the first of the entries was written.' })
  since!: Date;

  @Field(() => DateTime, { nullable: true, description: 'The end that the entry is near to, or came after.' })
  endedAt!: Date | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'For reads that may have left after an end: true if the answer was on its way, as the fence allows. False shows a fault of the hub.',
  })
  inFlight!: boolean | null;
}

/** The findings of a review, the latest first. */
@Directive(READERS)
@ObjectType('AccessReview', { description: 'The findings of a review of the access log (loggranskning).' })
export class AccessReview {
  @Field(() => [AccessFinding], { nullable: true, description: 'The findings, latest first.' })
  findings!: AccessFinding[];

  @Field(() => Boolean, {
    nullable: true,
    description: 'True if there are more findings. Narrow the filter, or raise `first`.',
  })
  hasMore!: boolean;
}

type FindingAnswer = EntryAnswer & Omit<AccessFinding, 'entry'>;

/** The statement that makes a review: with the help of sums, unless it is by rows alone. */
export function reviewQuery(
  kind: AccessReviewKind,
  filter: AccessLogFilter,
  reading: LogReader,
  rows: number,
  { byRows = false } = {},
) {
  const bindings = new Bindings();
  const { bind } = bindings;
  const selection = selectionOf(filter, reading, bind, { byRows });
  // Nobody reviews themselves; and near an end, or after one, their own entries would tell them why they were denied.
  const others = { ...selection, all: [...selection.all, ofUnit(`NOT ${selection.own()}`)] };
  const text = `
    WITH found AS MATERIALIZED (${RULES[kind](others, bind(rows, 'int'))})
    SELECT ${ENTRY_COLUMNS}, found.entries, found.youths, found.since, found.ended_at AS "endedAt",
      found.in_flight AS "inFlight"
    FROM found CROSS JOIN ${entryById('found.id', 'found.at')} ${entrySources(readerOf(selection))}
    ORDER BY found.at DESC, found.id DESC`;
  return bindings.statement(text);
}

/** `accessReview`: the reviews that are ready to be made. */
@Resolver()
export class AccessReviewResolver {
  @Directive(READERS)
  @Query(() => AccessReview, {
    nullable: true,
    description:
      'Searches the entries that you may read and that the filter selects for one pattern, latest first. Your own entries are left out: nobody reviews themselves. Making a review adds an entry to the log.',
  })
  async accessReview(
    @Arg('kind', () => AccessReviewKind, { description: 'The pattern to look for.' }) kind: AccessReviewKind,
    @Arg('filter', () => AccessLogFilter, { description: 'The entries to search.' }) filter: AccessLogFilter,
    @Arg('first', () => Int, { defaultValue: 50, description: 'The largest number of findings, from 1 to 200.' })
    first: number,
    @Ctx() context: HubContext,
  ): Promise<AccessReview> {
    demandInterval(filter, 'filter.from');
    const rows = rowsFor(first);
    const reading = await readLog('accessReview', filter, context, [`kind:${kind}`]);
    const found = await answerOf<FindingAnswer>(reviewQuery(kind, filter, reading, rows), context);
    return { findings: found.slice(0, first).map(findingOf), hasMore: found.length > first };
  }
}

function findingOf({ entries, youths, since, endedAt, inFlight, ...answer }: FindingAnswer): AccessFinding {
  return { entry: entryOf(answer), entries, youths, since, endedAt, inFlight };
}
