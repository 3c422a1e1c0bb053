import { Arg, Ctx, Directive, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../../chassis/decide/context.ts';
import { Bindings } from '../../../../chassis/statement.ts';
import { HubError } from '../../../../schema/errors.ts';
import { AccessLogFilter } from '../read/access-log.ts';
import { branchesOf, type Selection, selectionOf } from '../read/access-log-query.ts';
import { demandInterval, type LogReader, readLog } from '../read/access-reader.ts';
import { answerOf } from '../read/access-time.ts';
import { DISCLOSURE, entrySql } from '../read/condition.ts';
import { AccessDimension } from '../sums/access-dimension.ts';
import { countedBySums } from '../sums/counting.ts';
import { sumsFor } from '../sums/cubes.ts';

const READERS = '@restricted(roles: [AUDITOR, MANAGER])';

/** Entries are counted by this many dimensions at most. */
const MAX_DIMENSIONS = 3;
/** A manager learns no number of entries that is smaller: it would be about single persons. */
export const SMALLEST_CELL = 5;
/** An answer has this many rows at most. */
const MAX_ROWS = 10_000;

/** One number of a summary. */
@Directive(READERS)
@ObjectType('AccessSummaryRow', { description: 'The number of entries with the same values.' })
export class AccessSummaryRow {
  @Field(() => [String], {
    nullable: 'itemsAndList',
    description: 'The values, in the order of groupBy. Null if an entry has none, or if your role may not see it.',
  })
  values!: (string | null)[];

  @Field(() => Int, {
    nullable: true,
    description: `The number of entries. Null for a manager if there are fewer than ${SMALLEST_CELL}.`,
  })
  entries!: number | null;
}

const SWEDISH = "e.at AT TIME ZONE 'Europe/Stockholm'";

/** SQL of a dimension's value of the entry `e`. */
const VALUES: Readonly<Record<AccessDimension, string>> = {
  CALLER: 'e.caller',
  AGENCY: 'e.agency',
  SOURCE: 'e.source',
  CATEGORY: 'e.category',
  REASON: 'e.reason',
  DECISION: 'e.permitted',
  DISCLOSURE,
  GROUP: 'e.group_id',
  PROGRAMME: 'e.programme',
  HOUR: "date_trunc('hour', e.at, 'Europe/Stockholm')",
  DAY: `date_trunc('day', ${SWEDISH})`,
  MONTH: `date_trunc('month', ${SWEDISH})`,
};

/** In one's own entries the reason is null, and what a denial rests on too, as in the list of entries. */
const UNTOLD: Readonly<Partial<Record<AccessDimension, 'denied' | 'own'>>> = {
  SOURCE: 'denied',
  GROUP: 'denied',
  PROGRAMME: 'denied',
  REASON: 'own',
};

/** SQL of a dimension's value as the reader may learn it. */
function valueSql(dimension: AccessDimension, { own }: Selection): string {
  const value = VALUES[dimension];
  const untold = UNTOLD[dimension];
  if (untold === undefined) return value;
  return `CASE WHEN NOT (${own()}${untold === 'denied' ? ' AND NOT e.permitted' : ''}) THEN ${value} END`;
}

/** Where the codes are of what is counted by its number. */
const NAMED_IN: Readonly<Partial<Record<AccessDimension, string>>> = {
  AGENCY: 'registry.agency',
  SOURCE: 'registry.agency',
  CATEGORY: 'registry.category',
  PROGRAMME: 'registry.programme',
};

/** SQL of how a value of a dimension is shown, once counted. */
function shownSql(dimension: AccessDimension, value: string): string {
  const shown: Partial<Record<AccessDimension, string>> = {
    DECISION: `CASE WHEN ${value} THEN 'PERMIT' ELSE 'DENY' END`,
    HOUR: `to_char(${value} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
    DAY: `to_char(${value}, 'YYYY-MM-DD')`,
    MONTH: `to_char(${value}, 'YYYY-MM')`,
  };
  return shown[dimension] ?? (dimension in NAMED_IN ? `${value}_in.code` : `${value}::text`);
}

/** SQL that finds the codes of a value of a dimension, if it is shown by one. */
function nameSql(dimension: AccessDimension, value: string): string {
  const table = NAMED_IN[dimension];
  return table === undefined ? '' : `LEFT JOIN ${table} ${value}_in ON ${value}_in.id = ${value}`;
}

/** The statement that counts the entries of a filter by these dimensions: by sums where they tell, unless it is by rows alone. */
export function summaryQuery(
  filter: AccessLogFilter,
  groupBy: readonly AccessDimension[],
  reading: LogReader,
  { byRows = false } = {},
) {
  const bindings = new Bindings();
  const { bind } = bindings;
  const selection: Selection = selectionOf(filter, reading, bind);
  const columnsBy = (sql: (dimension: AccessDimension) => string) =>
    groupBy.map((dimension, place) => `${sql(dimension)} AS v${place}`).join(', ');
  const told = columnsBy((dimension) => valueSql(dimension, selection));
  const places = groupBy.map((_, place) => `v${place}`).join(', ');
  const sums = byRows ? null : sumsFor(filter, groupBy, reading);
  const counted =
    sums === null
      ? branchesOf(selection)
          .map((where) => `SELECT ${told}, 1 AS n FROM ${selection.among} e WHERE ${entrySql(where)}`)
          .join(' UNION ALL ')
      : countedBySums(
          sums,
          selection,
          { plain: columnsBy((dimension) => VALUES[dimension]), told },
          reading.names,
          bind,
        );
  const shown = groupBy.map((dimension, place) => shownSql(dimension, `v${place}`)).join(', ');
  const named = groupBy.map((dimension, place) => nameSql(dimension, `v${place}`));
  // Of more rows than an answer has, which ones does not matter.
  const text = `
    SELECT ARRAY[${shown}]::text[] AS values, c.entries
    FROM (
      SELECT ${places}, sum(n)::int AS entries FROM (${counted}) AS each
      GROUP BY ${places} HAVING sum(n) > 0 LIMIT ${MAX_ROWS + 1}
    ) c ${named.join(' ')}
    ORDER BY 1`;
  return bindings.statement(text);
}

/** `accessSummary`: how many entries, by up to three dimensions. */
@Resolver()
export class AccessSummaryResolver {
  @Directive(READERS)
  @Query(() => [AccessSummaryRow], {
    nullable: true,
    description: `Counts the entries that you may read and that the filter selects, by 1 to ${MAX_DIMENSIONS} different dimensions. It counts entries of the log, never records. A manager gets no number smaller than ${SMALLEST_CELL}, only its row. Nobody gets a total, because a small number would follow from it. Different groupings are not protected against each other. Counting adds an entry to the log.`,
  })
  async accessSummary(
    @Arg('filter', () => AccessLogFilter, { description: 'The entries to select.' }) filter: AccessLogFilter,
    @Arg('groupBy', () => [AccessDimension], { description: `The dimensions, 1 to ${MAX_DIMENSIONS}, each once.` })
    groupBy: AccessDimension[],
    @Ctx() context: HubContext,
  ): Promise<AccessSummaryRow[]> {
    demandInterval(filter, 'filter.from');
    demandDimensions(groupBy);
    const reading = await readLog(
      'accessSummary',
      filter,
      context,
      groupBy.map((each) => `by:${each}`),
    );
    const rows = await answerOf<AccessSummaryRow>(summaryQuery(filter, groupBy, reading), context);
    if (rows.length > MAX_ROWS) {
      throw new HubError(
        'LIMIT_EXCEEDED',
        `A summary has at most ${MAX_ROWS} rows. Ask for a shorter interval, or by fewer dimensions.`,
      );
    }
    return context.hasRole(['MANAGER']) ? rows.map(withoutSmall) : rows;
  }
}

function demandDimensions(groupBy: readonly AccessDimension[]): void {
  if (groupBy.length >= 1 && groupBy.length <= MAX_DIMENSIONS && new Set(groupBy).size === groupBy.length) return;
  throw new HubError('BAD_USER_INPUT', `groupBy has one to ${MAX_DIMENSIONS} dimensions, each once.`, {
    field: 'groupBy',
  });
}

function withoutSmall({ values, entries }: AccessSummaryRow): AccessSummaryRow {
  return { values, entries: entries !== null && entries < SMALLEST_CELL ? null : entries };
}
