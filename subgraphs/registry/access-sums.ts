import type { AccessLogFilter } from './access-log.ts';
import { AS_LOGGED, type Bind, disclosureSql, type View } from './access-log-query.ts';
import type { Reading } from './access-reader.ts';
import { PLACE, SUMMED_PLACE, WITH_TAIL } from './access-tail.ts';
import { SINCE_SHOWN_AS_ENDING } from './ending.ts';

/** What sums may tell apart, beside kind, decision, reason, disclosure, acting system and day. */
export type Told = 'agency' | 'source' | 'category' | 'programme' | 'caller' | 'operation' | 'hour';

/**
 * The ways of counting in registry.sum, what each tells apart, and by what it counts. The one with the fewest rows comes
 * first.
 */
const WAYS: readonly { readonly way: string; readonly tells: readonly Told[]; readonly grains: readonly Grain[] }[] = [
  { way: 'K', tells: ['category', 'programme', 'hour'], grains: ['month', 'day', 'hour'] },
  { way: 'O', tells: ['operation'], grains: ['month', 'day'] },
  { way: 'A', tells: ['agency', 'source'], grains: ['month', 'day'] },
  { way: 'C', tells: ['agency', 'caller'], grains: ['month', 'day'] },
  { way: 'S', tells: ['source', 'category', 'programme'], grains: ['month', 'day'] },
  { way: 'G', tells: ['agency', 'category', 'programme'], grains: ['month', 'day'] },
  { way: 'F', tells: ['agency', 'source', 'category', 'programme'], grains: ['month'] },
];

/** Shorter intervals are counted from the log, which then has few entries of them. */
const SHORTEST_MS = 36 * 60 * 60 * 1000;

/** As the sums have them. */
const GRAINS = { hour: 'H', day: 'D', month: 'M' } as const;

type Grain = keyof typeof GRAINS;
type Range = readonly [from: Date, to: Date];

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
  /** Are hours, days or months asked apart? */
  readonly byTime: boolean;
  /** What the parts cover together; the rest of the interval is counted from the log. */
  readonly covered: Range;
}

/**
 * The sums that tell apart what a question asks; null when none do, or when the interval is short. `columns` has null for
 * what no sums tell. `finest` is the shortest time that its entries are counted by, null when by none.
 */
export function sumsFor(columns: readonly (Told | null)[], finest: Grain | null, spans: Spans): Sums | null {
  const least = finest ?? 'month';
  const way = WAYS.find(
    ({ tells, grains }) =>
      grains.includes(least) && columns.every((column) => column !== null && tells.includes(column)),
  );
  if (way === undefined || !spans.usable) return null;
  const grains = way.grains.slice(way.grains.indexOf(least));
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
  return { way: way.way, parts, byTime: finest !== null, covered };
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
 * All is one statement's, and sees the sums and the log of one instant. `names` is SQL of the reader's names.
 */
export function countedBy(
  sums: Sums,
  filter: AccessLogFilter,
  names: string,
  usesDisclosure: boolean,
  bind: Bind,
): { clause: string; counted: Counted[] } {
  const { covered } = sums;
  const within = `e.at >= ${bind(covered[0], 'timestamptz')} AND e.at < ${bind(covered[1], 'timestamptz')}`;
  const again = againSql(names, `${within} AND ${PLACE} <= ${SUMMED_PLACE}`, usesDisclosure);
  const ends: readonly Range[] = [
    [filter.from, covered[0]],
    [covered[1], filter.to],
  ];
  const logged = (rows: string): Counted => ({ rows, weight: '1', view: AS_LOGGED });
  const counted = [
    { rows: sumRows(sums, bind), weight: 'e.entries', view: AS_SUMMED },
    { rows: '(SELECT * FROM again)', weight: '-1', view: AS_IT_WAS_SUMMED },
    logged('(SELECT * FROM again)'),
    logged(`(SELECT * FROM tail e WHERE ${within})`),
    ...ends
      .filter(([from, to]) => from < to)
      .map(([from, to]) => {
        const inEnd = `e.at >= ${bind(from, 'timestamptz')} AND e.at < ${bind(to, 'timestamptz')}`;
        return logged(`(SELECT * FROM registry.entry e WHERE ${inEnd})`);
      }),
  ];
  return { clause: `${WITH_TAIL}, again AS MATERIALIZED (${again})`, counted };
}

/** SQL of the entries that the sums have otherwise than they are to be told, with what was known of their answers then. */
function againSql(names: string, summed: string, usesDisclosure: boolean): string {
  const own = `(e.caller = ANY (${names}) AND NOT ${bySystem(names)})`;
  if (!usesDisclosure) return `SELECT e.*, NULL AS disclosure_then FROM registry.entry e WHERE ${own} AND ${summed}`;
  const known = disclosureSql(`(became.incarnation, became.xid, became.id) <= ${SUMMED_PLACE}`);
  // OFFSET has them looked up answer by answer, few as they are: the planner would read the log.
  return `
    SELECT e.*, ${known} AS disclosure_then FROM registry.entry e WHERE ${own} AND ${summed}
    UNION ALL
    SELECT e.*, ${known} AS disclosure_then
    FROM (SELECT DISTINCT t.answer FROM tail t WHERE t.elapsed_ms IS NOT NULL) t
    CROSS JOIN LATERAL (SELECT * FROM registry.sum_answer a WHERE a.answer = t.answer OFFSET 0) a
    CROSS JOIN LATERAL (
      SELECT * FROM registry.entry e WHERE e.caller = a.caller AND e.at = a.at AND e.answer = a.answer OFFSET 0
    ) e
    WHERE NOT ${own} AND ${summed}`;
}

function sumRows({ way, parts, byTime }: Sums, bind: Bind): string {
  const ranges = parts.map(
    ({ grain, range: [from, to] }) => `
      SELECT s.starts_at, s.cell, s.entries FROM registry.sum s
      WHERE s.way = '${way}' AND s.grain = '${GRAINS[grain]}'
        AND s.starts_at >= ${bind(from, 'timestamptz')} AND s.starts_at < ${bind(to, 'timestamptz')}`,
  );
  const all = `(${ranges.join(' UNION ALL ')}) s`;
  // Where time does not matter, fewer rows are left to look at.
  const added = `(SELECT min(s.starts_at) AS starts_at, s.cell, sum(s.entries)::int AS entries FROM ${all} GROUP BY s.cell) s`;
  return `(
    SELECT s.starts_at AS at, s.entries, c.*, c.system AS actor
    FROM ${byTime ? all : added} JOIN registry.sum_cell c ON c.way = '${way}' AND c.id = s.cell
    WHERE (SELECT u.usable FROM summed u))`;
}
