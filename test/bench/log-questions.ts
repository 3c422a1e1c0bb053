import type pg from 'pg';
import type { QueryConfig } from 'pg';
import { EntryKind, Reason } from '../../subgraphs/registry/entry/entry.ts';
import { AccessLogFilter, Decision, Disclosure } from '../../subgraphs/registry/log/read/access-log.ts';
import { entriesQuery } from '../../subgraphs/registry/log/read/access-log-query.ts';
import type { LogReader } from '../../subgraphs/registry/log/read/access-reader.ts';
import { reviewQuery } from '../../subgraphs/registry/log/review/access-review.ts';
import { AccessReviewKind } from '../../subgraphs/registry/log/review/access-review-rules.ts';
import { drawnQuery, type Frame, lotOf } from '../../subgraphs/registry/log/review/review-sample.ts';
import { summaryQuery } from '../../subgraphs/registry/log/summary/access-summary.ts';
import { AccessDimension } from '../../subgraphs/registry/log/sums/access-dimension.ts';

/** A question, as the registry's statement for a value drawn at random. */
export interface Question {
  readonly name: string;
  ask(): QueryConfig;
}

interface Case {
  readonly youth: string;
  readonly group_id: string;
  readonly consent: string;
}

const DAY_MS = 86_400_000;
const AUDITOR: LogReader = {
  names: ['bench-auditor'],
  audits: true,
  scope: null,
  source: null,
  recipient: null,
  category: null,
  groupYouth: null,
  consentYouth: null,
};
const PAGE = 51;

function drawn<T>(of: readonly T[]): T {
  const one = of[Math.floor(Math.random() * of.length)];
  if (one === undefined) throw new Error('The log was filled with nothing to ask about.');
  return one;
}

/** An interval of so many days, somewhere in the year before now. */
function days(count: number): AccessLogFilter {
  const to = new Date(Date.now() - 60_000 - Math.random() * Math.max(0, 364 - count) * DAY_MS);
  return Object.assign(new AccessLogFilter(), { from: new Date(to.getTime() - count * DAY_MS), to });
}

const spanOf = (count: number) => (count === 1 ? '1 day' : `${count} days`);

/** The day until now: nothing of it is settled. */
function lastDay(): AccessLogFilter {
  const to = new Date();
  return Object.assign(new AccessLogFilter(), { from: new Date(to.getTime() - DAY_MS), to });
}

/** So many draws from a frame, as for a sample of a quarter as many entries. */
function lotsOf(frame: Frame, count: number) {
  const seed = `bench-${Math.random()}`;
  return Array.from({ length: count }, (_, draw) => lotOf(seed, draw, frame));
}

/** The questions that auditors have, over a filled log. */
export async function questionsOf(admin: pg.Client): Promise<Question[]> {
  const { rows: cases } = await admin.query<Case>('SELECT youth, group_id, consent FROM registry.bench_case');
  const { rows: agencies } = await admin.query<{ id: number }>('SELECT id FROM registry.bench_agency');
  const { rows: categories } = await admin.query<{ id: number }>('SELECT id FROM registry.bench_category');
  const { rows: hashes } = await admin.query<{ hash: string }>(
    'SELECT DISTINCT operation_hash AS hash FROM registry.log_row WHERE operation_name IS NULL',
  );
  const { rows: leaves } = await admin.query<Frame>(
    'SELECT 0 AS first, coalesce(max(index) + 1, 1)::int AS beyond FROM seal.leaf',
  );
  const frame = drawn(leaves);
  const entries = (
    name: string,
    filter: () => Partial<AccessLogFilter>,
    reading: () => Partial<LogReader> = () => ({}),
  ) => ({
    name,
    ask: () => entriesQuery({ ...days(364), ...filter() }, { ...AUDITOR, ...reading() }, null, PAGE),
  });
  const one = () => drawn(cases);
  const caller = () => ({ caller: `bench-${Math.floor(Math.random() * 2000)}` });
  const review = (kind: AccessReviewKind, count: number) => ({
    name: `review ${kind}, ${spanOf(count)}`,
    ask: () => reviewQuery(kind, days(count), AUDITOR, PAGE),
  });
  const summary = (count: number, ...by: AccessDimension[]) => ({
    name: `summary by ${by.join(', ')}, ${spanOf(count)}`,
    ask: () => summaryQuery(days(count), by, AUDITOR),
  });
  return [
    entries('all, latest', () => ({})),
    entries('youth', () => ({ youthId: one().youth })),
    entries('caller', caller),
    entries('caller, denied', () => ({ ...caller(), decision: Decision.DENY })),
    entries('acting system', () => ({ caller: `system-${50 * Math.floor(Math.random() * 40)}` })),
    entries(
      'agency pair',
      () => ({}),
      () => ({ source: drawn(agencies).id, recipient: drawn(agencies).id }),
    ),
    entries(
      'source alone',
      () => ({}),
      () => ({ source: drawn(agencies).id }),
    ),
    entries(
      'recipient alone',
      () => ({}),
      () => ({ recipient: drawn(agencies).id }),
    ),
    entries(
      'an agency’s auditor',
      () => ({}),
      () => ({ scope: drawn(agencies).id }),
    ),
    entries(
      'an agency with few entries',
      () => ({}),
      () => ({ scope: 1 }),
    ),
    entries(
      'category',
      () => ({}),
      () => ({ category: drawn(categories).id }),
    ),
    entries(
      'category, denied for a rare reason',
      () => ({ reason: Reason.NOT_ASSIGNED }),
      () => ({ category: drawn(categories).id }),
    ),
    entries('denied', () => ({ decision: Decision.DENY })),
    entries('reason', () => ({ reason: drawn([Reason.NO_SEAT, Reason.WITHDRAWN, Reason.NOT_GRANTED]) })),
    entries('a reason that never was', () => ({ reason: Reason.BARRED })),
    entries('published operation', () => ({ operation: `published-${Math.floor(Math.random() * 9)}` })),
    entries('hash of an operation', () => ({ operation: drawn(hashes).hash })),
    entries('a kind that never was', () => ({ kind: EntryKind.CHANGE })),
    entries('released', () => ({ disclosure: Disclosure.RELEASED })),
    entries('possibly disclosed', () => ({ disclosure: Disclosure.POSSIBLE })),
    {
      name: 'group',
      ask: () => {
        const { group_id: groupId, youth } = one();
        return entriesQuery({ ...days(364), groupId }, { ...AUDITOR, groupYouth: youth }, null, PAGE);
      },
    },
    {
      name: 'version of a consent',
      ask: () => {
        const { consent: consentId, youth } = one();
        return entriesQuery({ ...days(364), consentId }, { ...AUDITOR, consentYouth: youth }, null, PAGE);
      },
    },
    ...Object.values(AccessReviewKind).flatMap((kind) => [review(kind, 1), review(kind, 31)]),
    review(AccessReviewKind.RELEASED_AFTER_END, 364),
    summary(1, AccessDimension.CALLER, AccessDimension.HOUR),
    summary(31, AccessDimension.AGENCY, AccessDimension.SOURCE, AccessDimension.DAY),
    summary(364, AccessDimension.REASON, AccessDimension.MONTH),
    ...[AccessReviewKind.MANY_YOUTHS, AccessReviewKind.ODD_HOURS, AccessReviewKind.REPEATED_DENIALS].map((kind) => ({
      name: `review ${kind}, of the last day`,
      ask: () => reviewQuery(kind, lastDay(), AUDITOR, PAGE),
    })),
    {
      name: 'summary by CALLER, HOUR, of the last day',
      ask: () => summaryQuery(lastDay(), [AccessDimension.CALLER, AccessDimension.HOUR], AUDITOR),
    },
    {
      name: 'summary of a caller by DAY, 364 days',
      ask: () => summaryQuery({ ...days(364), ...caller() }, [AccessDimension.DAY], AUDITOR),
    },
    {
      name: 'sample of 100, 31 days',
      ask: () => drawnQuery(days(31), lotsOf(frame, 450), [], AUDITOR),
    },
  ];
}
