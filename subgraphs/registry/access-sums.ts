import type { AccessLogFilter } from './access-log.ts';
import { AS_LOGGED, type Bind, disclosureSql, type View } from './access-log-query.ts';
import type { Reading } from './access-reader.ts';
import { PLACE, SUMMED_PLACE, WITH_TAIL } from './access-tail.ts';
import { SINCE_SHOWN_AS_ENDING } from './ending.ts';

/** What sums may tell apart, beside kind, decision, reason, disclosure, acting system and day. */
export type Told = 'agency' | 'source' | 'category' | 'programme' | 'caller' | 'operation' | 'hour';

/** The ways of counting in registry.sum, and what each tells apart. The one with the fewest rows comes first. */
const WAYS: readonly { readonly way: string; readonly tells: readonly Told[] }[] = [
  { way: 'K', tells: ['category', 'programme', 'hour'] },
  { way: 'O', tells: ['operation'] },
  { way: 'A', tells: ['agency', 'source'] },
  { way: 'C', tells: ['agency', 'caller'] },
  { way: 'F', tells: ['agency', 'source', 'category', 'programme'] },
];

/** Shorter intervals are counted from the log, which then has few entries of them. */
const SHORTEST_MS = 36 * 60 * 60 * 1000;

type Range = readonly [from: Date, to: Date];
type Grain = 'hour' | 'day' | 'month';

/** The full hours, days and months in Sweden of an interval, as far as they are so old that they are told of. */
export interface Spans extends Readonly<Record<Grain, Range>> {
  /** Are there sums that count? */
  readonly usable: boolean;
}

const starting = (unit: Grain, at: string) => `date_trunc('${unit}', ${at}, 'Europe/Stockholm')`;
const following = (unit: Grain, at: string) =>
  `(date_trunc('${unit}', ${at} AT TIME ZONE 'Europe/Stockholm') + interval '1 ${unit}') AT TIME ZONE 'Europe/Stockholm'`;

/** The statement that answers the Spans of an interval. */
export function spansQuery({ from, to }: Pick<AccessLogFilter, 'from' | 'to'>) {
  const units = (['hour', 'day', 'month'] as const).map(
    (unit) => `ARRAY[
      CASE WHEN ${starting(unit, 'i.from')} = i.from THEN i.from ELSE ${following(unit, 'i.from')} END,
      ${starting(unit, 'i.to')}] AS ${unit}`,
  );
  const text = `
    SELECT ${units.join(', ')}, (SELECT usable FROM registry.summed_until) AS usable
    FROM (SELECT $1::timestamptz AS from, least($2::timestamptz, ${SINCE_SHOWN_AS_ENDING}) AS to) i`;
  return { name: 'full hours of an interval', text, values: [from, to] };
}

/** Sums that a question can be answered from: by which way, and which of its hours, days and months. */
export interface Sums {
  readonly way: string;
  readonly parts: readonly { readonly grain: Grain; readonly range: Range }[];
  /** What the parts cover together; the rest of the interval is counted from the log. */
  readonly covered: Range;
}

/**
 * The sums that tell apart what a question asks; null when none do, or when the interval is short. `columns` has null for
 * what no sums tell. `finest` is by what its entries are counted at the finest.
 */
export function sumsFor(columns: readonly (Told | null)[], finest: Grain, spans: Spans): Sums | null {
  const way = WAYS.find(({ tells }) => columns.every((column) => column !== null && tells.includes(column)));
  if (way === undefined || !spans.usable) return null;
  const coarsest = (['month', 'day', 'hour'] as const).slice(['month', 'day', 'hour'].indexOf(finest));
  const grains = coarsest.filter((grain) => grain !== 'hour' || way.tells.includes('hour'));
  const parts: { grain: Grain; range: Range }[] = [];
  let covered: Range | null = null;
  for (const grain of grains) {
    const [from, to] = spans[grain];
    if (from >= to) continue;
    const ranges: Range[] =
      covered === null
        ? [[from, to]]
        : [
            [from, covered[0]],
            [covered[1], to],
          ];
    for (const range of ranges) if (range[0] < range[1]) parts.push({ grain, range });
    covered = [from, to];
  }
  if (covered === null || covered[1].getTime() - covered[0].getTime() < SHORTEST_MS) return null;
  return { way: way.way, parts, covered };
}

/** What a filter and the reader's scope tell entries apart by; null for what no sums tell. */
export function toldBy(filter: AccessLogFilter, { scope, source, recipient, category }: Reading): (Told | null)[] {
  const { youthId, groupId, consentId, caller, operation } = filter;
  return [
    ...[youthId, groupId, consentId].flatMap((value) => (value == null ? [] : [null])),
    ...(caller == null ? [] : ['caller' as const]),
    ...(operation == null ? [] : ['operation' as const]),
    ...(recipient === null && scope === null ? [] : ['agency' as const]),
    ...(source === null && scope === null ? [] : ['source' as const]),
    ...(category === null ? [] : ['category' as const]),
  ];
}

/** SQL of the system that acted, for somebody or by itself. */
const SYSTEM = 'coalesce(e.actor, CASE WHEN e.roles & 8 <> 0 THEN e.caller END)';
/** Entries as the sums have them: of the reader's names they know the systems alone. */
const AS_SUMMED: View = { own: (names) => `coalesce(e.actor = ANY (${names}), false)`, disclosure: 'e.disclosure' };
/** An entry that is in the sums, as they have it. */
const AS_IT_WAS_SUMMED: View = { own: bySystem, disclosure: 'e.disclosure_then' };

function bySystem(names: string): string {
  return `coalesce(${SYSTEM} = ANY (${names}), false)`;
}

/** Rows `e` that count: how many entries each is, and how its columns are to be read. */
export interface Counted {
  readonly rows: string;
  readonly weight: string;
  readonly view: View;
}

/**
 * SQL of a WITH clause, and the rows whose weights together are the entries of the interval: sums, and what they do not
 * have: the ends of the interval, and the tail that is not summed yet. What they have otherwise than it is to be told is
 * taken from them and counted again: the reader's own entries, and those of whose answers the tail tells what became.
 * All is one statement's, and sees the sums and the log of one instant.
 */
export function countedBy({ way, parts, covered }: Sums, filter: AccessLogFilter, names: string, bind: Bind) {
  const [from, to] = [bind(covered[0], 'timestamptz'), bind(covered[1], 'timestamptz')];
  const within = `e.at >= ${from} AND e.at < ${to}`;
  const ends: readonly Range[] = [
    [filter.from, covered[0]],
    [covered[1], filter.to],
  ];
  const before = `SELECT e.*, ${disclosureSql(`(became.incarnation, became.xid, became.id) <= ${SUMMED_PLACE}`)} AS disclosure_then`;
  const clause = `
    ${WITH_TAIL},
    again AS MATERIALIZED (
      ${before} FROM registry.entry e
      WHERE e.caller = ANY (${names}) AND NOT ${bySystem(names)} AND ${within} AND ${PLACE} <= ${SUMMED_PLACE}
      UNION ALL
      ${before}
      FROM (SELECT DISTINCT a.* FROM tail t JOIN registry.sum_answer a ON a.answer = t.answer WHERE t.elapsed_ms IS NOT NULL) a
      JOIN registry.entry e ON e.caller = a.caller AND e.at = a.at AND e.answer = a.answer
      WHERE NOT (e.caller = ANY (${names}) AND NOT ${bySystem(names)}) AND ${within} AND ${PLACE} <= ${SUMMED_PLACE}
    )`;
  const counted: Counted[] = [
    ...parts.map(({ grain, range }) => ({
      rows: sumRows(way, grain, range, bind),
      weight: 'e.entries',
      view: AS_SUMMED,
    })),
    { rows: '(SELECT * FROM again)', weight: '-1', view: AS_IT_WAS_SUMMED },
    { rows: '(SELECT * FROM again)', weight: '1', view: AS_LOGGED },
    { rows: `(SELECT * FROM tail e WHERE ${within})`, weight: '1', view: AS_LOGGED },
    ...ends
      .filter(([start, end]) => start < end)
      .map(([start, end]) => ({
        rows: `(SELECT * FROM registry.entry e
          WHERE e.at >= ${bind(start, 'timestamptz')} AND e.at < ${bind(end, 'timestamptz')})`,
        weight: '1',
        view: AS_LOGGED,
      })),
  ];
  return { clause, counted };
}

function sumRows(way: string, grain: Grain, [from, to]: Range, bind: Bind): string {
  const code = { hour: 'H', day: 'D', month: 'M' }[grain];
  return `(
    SELECT s.starts_at AS at, s.entries, c.*, c.system AS actor
    FROM registry.sum s JOIN registry.sum_cell c ON c.id = s.cell
    WHERE s.way = '${way}' AND s.grain = '${code}' AND s.starts_at >= ${bind(from, 'timestamptz')}
      AND s.starts_at < ${bind(to, 'timestamptz')} AND (SELECT u.usable FROM summed u))`;
}
