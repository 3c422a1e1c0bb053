import type { AccessLogFilter } from '../read/access-log.ts';
import type { LogReader } from '../read/access-reader.ts';
import { asksForOutcomes } from '../read/condition.ts';
import { AccessDimension } from './access-dimension.ts';

/** A column that sums may carry, named as that of the entries. */
type Column = 'caller' | 'actor' | 'agency' | 'source' | 'category' | 'kind' | 'permitted' | 'reason' | 'programme';

/** A choice of columns by which entries are summed, as `registry.log_sum` names it. */
interface Cube {
  readonly name: 'C' | 'K' | 'A' | 'P';
  readonly carries: readonly Column[];
}

const KINDS: Cube = { name: 'K', carries: ['category', 'kind', 'permitted', 'reason', 'programme'] };
const AGENCIES: Cube = { name: 'A', carries: ['agency', 'source', 'kind', 'permitted', 'reason'] };
const PERSONS: Cube = { name: 'P', carries: ['caller', 'actor', 'agency', 'permitted'] };
const CALLS: Cube = {
  name: 'C',
  carries: ['caller', 'actor', 'agency', 'source', 'kind', 'permitted', 'reason', 'programme'],
};

/** The cubes of hours, and those of days and months: the smallest first. */
const OF_HOURS = [KINDS, CALLS];
const OF_DAYS = [KINDS, AGENCIES, PERSONS];

/** Which sums answer a summary. */
export interface Sums {
  /** Months (M), days (D) or hours (H): sums of longer periods do not tell what is asked. */
  readonly coarsest: 'M' | 'D' | 'H';
  /** The cube of hours, and that of days and months; the latter is not read where `coarsest` is hours. */
  readonly ofHours: Cube['name'];
  readonly ofDays: Cube['name'];
}

/** By which columns a dimension is counted; null where sums carry none. */
const COUNTED_BY: Readonly<Record<AccessDimension, readonly Column[] | null>> = {
  CALLER: ['caller'],
  AGENCY: ['agency'],
  SOURCE: ['source'],
  CATEGORY: ['category'],
  REASON: ['reason'],
  DECISION: ['permitted'],
  DISCLOSURE: null,
  GROUP: null,
  PROGRAMME: ['programme'],
  HOUR: [],
  DAY: [],
  MONTH: [],
};

/** The sums that answer a summary, or null: then rows are counted. */
export function sumsFor(filter: AccessLogFilter, groupBy: readonly AccessDimension[], reading: LogReader): Sums | null {
  const columns = filteredBy(filter, reading);
  if (columns === null) return null;
  for (const dimension of groupBy) {
    const counted = COUNTED_BY[dimension];
    if (counted === null) return null;
    columns.push(...counted);
  }
  const carrying = (cubes: readonly Cube[]) =>
    cubes.find(({ carries }) => columns.every((column) => carries.includes(column)));
  const ofHours = carrying(OF_HOURS);
  const ofDays = carrying(OF_DAYS);
  if (ofHours === undefined) return null;
  if (ofDays === undefined || groupBy.includes(AccessDimension.HOUR))
    return { coarsest: 'H', ofHours: ofHours.name, ofDays: ofHours.name };
  return { coarsest: groupBy.includes(AccessDimension.DAY) ? 'D' : 'M', ofHours: ofHours.name, ofDays: ofDays.name };
}

/** The columns that a filter is held against; null where sums do not carry one. */
function filteredBy(filter: AccessLogFilter, { scope, source, recipient, category }: LogReader): Column[] | null {
  const { youthId, groupId, consentId, disclosure, operation, caller, decision, reason, kind } = filter;
  if ([youthId, groupId, consentId, disclosure, operation].some((each) => each != null)) return null;
  // Sums are of decisions, changes and reads.
  if (asksForOutcomes(filter)) return null;
  const asked: readonly (readonly [unknown, readonly Column[]])[] = [
    [scope, ['agency', 'source']],
    [source, ['source']],
    [recipient, ['agency']],
    [category, ['category']],
    [caller, ['caller', 'actor']],
    [decision, ['permitted']],
    [reason, ['reason', 'permitted']],
    [kind, ['kind']],
  ];
  return asked.flatMap(([value, columns]) => (value == null ? [] : columns));
}
