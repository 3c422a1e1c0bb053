import { createHash } from 'node:crypto';
import type { Permit } from '../decide/authorize.ts';
import type { HubContext } from '../decide/context.ts';
import type { PermitToRead } from '../decide/decide.ts';
import type { Owned } from '../decide/guard.ts';
import { kindKey } from '../decide/labels.ts';
import {
  columnsFor,
  insidePeriod,
  PERMITS,
  periodOf,
  permitsToRead,
  permitValues,
  type ReadRecord,
  readable,
  TAKING_EFFECT,
  tableOf,
} from '../record/read.ts';
import type { RecordKind } from '../record/record-kind.ts';
import { named } from '../statement.ts';
import type { CursorContent, NewsPosition } from './news-cursor.ts';

/** A change of a record, as one reader sees it. */
export enum NewsKind {
  FROM_START = 'FROM_START',
  RECORDED = 'RECORDED',
  CORRECTED = 'CORRECTED',
  WITHDRAWN = 'WITHDRAWN',
}

/** One change as it is reported to one reader. */
export interface ToldChange extends Owned {
  readonly kind: NewsKind;
  /** Null for FROM_START. */
  readonly id: string | null;
  /** The record as it is now; null if it is not read any more. */
  readonly record: ReadRecord | null;
}

/** The news of one kind about one youth, and its position; without a position none of it counts as reported. */
export interface KindNews {
  readonly told: readonly ToldChange[];
  readonly history: string | null;
  readonly position: NewsPosition | null;
}

/** A question for news: the kind, the fields of its records, and the cursors of the last poll by youth. */
export interface NewsQuestion {
  readonly kind: RecordKind;
  readonly fields: ReadonlySet<string>;
  readonly cursors: ReadonlyMap<string, CursorContent>;
}

/** The database's history: a restored one has another system identifier, or a later timeline. */
const HISTORY = `(SELECT system_identifier FROM pg_control_system()) || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)`;

/**
 * The news about each of the youths, in their order, under the permits of this request, by one statement. A record that the
 * reader could not read at the cursor and can read now is recorded. One that could be read both times and has changed is
 * corrected. One that could be read then and cannot now is withdrawn. One that could be read neither time is not reported.
 */
export async function newsOf(
  question: NewsQuestion,
  youths: readonly string[],
  context: HubContext,
): Promise<KindNews[]> {
  const places = permitsToRead(question.kind, youths, context).map((permit) => placeOf(permit, question, context));
  const rows = places.length === 0 ? [] : await select(question, places, context);
  const news = youths.map((youth) =>
    kindNewsOf(
      rows.filter((row) => row.youthId === youth),
      places.filter(({ permit }) => permit.youth === youth),
      question.cursors.has(youth),
    ),
  );
  context.count(question.kind.category, news.flatMap(({ told }) => told.filter(({ id }) => id !== null)).length);
  return news;
}

/** A permit of this request, and its position in the cursor unless the permit is new. */
interface Place {
  readonly permit: PermitToRead;
  readonly marks: readonly string[];
  readonly since: string | null;
  readonly history: string | null;
}

function placeOf(permit: PermitToRead, { kind, fields, cursors }: NewsQuestion, context: HubContext): Place {
  const marks = marksOf(permit, kind, fields, context);
  const cursor = cursors.get(permit.youth);
  const position = cursor?.positions[kind.name];
  const isKnown = marks.every((mark) => position?.permits.includes(mark) === true);
  return {
    permit,
    marks,
    since: isKnown ? (position?.snapshot ?? null) : null,
    history: cursor?.history ?? null,
  };
}

/** The marks of all permits for a kind from one agency: with more permits, older records show more. */
function marksOf(
  { youth, source }: Permit,
  kind: RecordKind,
  fields: ReadonlySet<string>,
  { decisions, sector: { labels, metadata } }: HubContext,
): string[] {
  const { properties } = metadata(kind.row);
  const needed = new Set([
    kindKey({ category: kind.category, whereabouts: false }),
    ...[...fields]
      .filter((field) => field in properties)
      .flatMap((field) => labels.of(kind.name, field))
      .flatMap((label) => (label.kind === 'consent' ? [kindKey(label)] : [])),
  ]);
  return decisions
    .permitsOf(youth, source)
    .filter((permit) => needed.has(kindKey(permit)))
    .map((permit) => markOf(permit));
}

function markOf(permit: Permit): string {
  const hash = createHash('sha256').update([permit.source, kindKey(permit), permit.key].join('\n'));
  return hash.digest('base64url').slice(0, 12);
}

interface NewsRow extends Owned, Readonly<Record<string, unknown>> {
  readonly 'news.snapshot': string;
  readonly 'news.history': string;
  readonly 'news.anew': boolean;
  readonly 'news.id': string | null;
  readonly 'news.was': boolean;
  readonly 'news.is': boolean;
  /** The transactions of a change that is not reported yet. */
  readonly 'news.untold': readonly string[] | null;
}

async function select({ kind, fields }: NewsQuestion, places: readonly Place[], context: HubContext) {
  const columns = columnsFor(kind, fields, context);
  const permits = places.map(({ permit }) => permit);
  const values = {
    ...permitValues(permits, context),
    cursors: places.map(({ since }) => since),
    histories: places.map(({ history }) => history),
  };
  return (await context.sector.pool.query<NewsRow>(named(statementFor(kind, columns), values))).rows;
}

function statementFor(kind: RecordKind, columns: readonly string[]): string {
  const table = `agency.${tableOf(kind)}`;
  const [from, to] = periodOf(kind).length === 0 ? [] : ['c.starts', 'c.ends'];
  return `
    WITH at AS MATERIALIZED (
      SELECT pg_current_snapshot() AS snapshot, ${HISTORY} AS history
    ), p AS MATERIALIZED (
      SELECT given.*, CASE WHEN given.history = at.history THEN given.cursor::pg_snapshot END AS since
      FROM at, unnest(${PERMITS}, :cursors::text[], :histories::text[])
        WITH ORDINALITY AS given (youth_id, agency, data_from, data_to, own, mask, protection, cursor, history, place)
    ), line AS MATERIALIZED (
      -- The links that records about the youth hang on, and those that they hung on at the cursor.
      SELECT p.place, l.id AS link, l.ended_at IS NULL AS is_live, l.ended_at, l.ended_xid,
        p.since IS NOT NULL AND (l.ended_at IS NULL OR NOT pg_visible_in_snapshot(l.ended_xid, p.since)) AS was_live
      FROM p JOIN agency.link l ON l.youth_id = p.youth_id AND l.agency = p.agency
    ), past AS (
      -- The changes that the cursor's snapshot did not see: the first of them noted the state that could be read then.
      SELECT n.place, c.record, c.id AS change, c.xid,
        n.was_live AND c.live AND (p.own OR NOT c.held)${insidePeriod(from, to)}
          AND row_number() OVER (PARTITION BY n.place, c.link, c.record ORDER BY c.id) = 1 AS was
      FROM p JOIN line n USING (place) JOIN agency.former_state c ON c.link = n.link AND c.kind = '${tableOf(kind)}'
      WHERE c.xid >= pg_snapshot_xmin(p.since) AND NOT pg_visible_in_snapshot(c.xid, p.since)
      UNION ALL
      -- The records that hung on a link that has ended since, and have not changed themselves.
      SELECT n.place, r.id, NULL, n.ended_xid, true
      FROM p JOIN line n USING (place) JOIN ${table} r ON r.link_id = n.link AND r.agency = p.agency
      WHERE n.was_live AND NOT n.is_live AND ${readable(kind)} AND NOT EXISTS (
        SELECT FROM agency.former_state c
        WHERE c.link = n.link AND c.kind = '${tableOf(kind)}' AND c.record = r.id
          AND c.xid >= pg_snapshot_xmin(p.since) AND NOT pg_visible_in_snapshot(c.xid, p.since)
      )
    ), item AS (
      SELECT place, record, max(change) AS change, bool_or(was) AS was, array_agg(xid) AS xids
      FROM past GROUP BY place, record
      UNION ALL
      SELECT n.place, r.id, NULL, false, '{}'
      FROM p JOIN line n USING (place) JOIN ${table} r ON r.link_id = n.link AND r.agency = p.agency
      WHERE p.since IS NULL AND n.is_live AND ${readable(kind)}
    ), ended AS (
      SELECT place, array_agg(ended_xid) AS xids, bool_or(ended_at > now() - ${TAKING_EFFECT}) AS just_now
      FROM line WHERE was_live AND NOT is_live GROUP BY place
    )
    SELECT p.youth_id AS "youthId", p.agency AS "agency", at.snapshot::text AS "news.snapshot", at.history AS "news.history",
      p.since IS NULL AS "news.anew", i.record AS "news.id", i.was AS "news.was", r.id IS NOT NULL AS "news.is",
      -- C14: no read shows that a mark has changed or that a link has ended until the mutation has answered.
      CASE WHEN i.was AND (any_state.marked_at > now() - ${TAKING_EFFECT} OR ended.just_now)
        THEN (i.xids || ended.xids)::text[] END AS "news.untold"${columns.map((column) => `, ${column}`).join('')}
    FROM at CROSS JOIN p
    LEFT JOIN item i ON i.place = p.place
    LEFT JOIN (${table} r JOIN line n ON n.link = r.link_id AND n.is_live)
      ON n.place = p.place AND r.id = i.record AND r.agency = p.agency AND ${readable(kind)}
    LEFT JOIN ${table} any_state ON any_state.id = i.record
    LEFT JOIN ended ON ended.place = p.place
    ORDER BY p.place, i.change NULLS FIRST, r.recorded_at, i.record`;
}

function kindNewsOf(rows: readonly NewsRow[], places: readonly Place[], hasCursor: boolean): KindNews {
  const [first] = rows;
  if (first === undefined) return { told: [], history: null, position: null };
  const untold = rows.flatMap((row) => row['news.untold'] ?? []);
  return {
    told: [...(hasCursor ? startsOf(rows) : []), ...rows.flatMap((row) => toldOf(row))],
    history: first['news.history'],
    position: {
      snapshot: withoutSeeing(first['news.snapshot'], untold),
      permits: places.flatMap(({ marks }) => marks),
    },
  };
}

/** One change for each agency whose records are reported from the start. */
function startsOf(rows: readonly NewsRow[]): ToldChange[] {
  const anew = new Map(rows.filter((row) => row['news.anew']).map((row) => [row.agency, row.youthId]));
  return [...anew].map(([agency, youthId]) => ({ youthId, agency, kind: NewsKind.FROM_START, id: null, record: null }));
}

function toldOf(row: NewsRow): ToldChange[] {
  const id = row['news.id'];
  if (id === null || row['news.untold'] !== null) return [];
  const { youthId, agency } = row;
  if (row['news.is']) {
    return [{ youthId, agency, kind: row['news.was'] ? NewsKind.CORRECTED : NewsKind.RECORDED, id, record: row }];
  }
  return row['news.was'] ? [{ youthId, agency, kind: NewsKind.WITHDRAWN, id, record: null }] : [];
}

/** The snapshot as if these transactions were still running, so that their changes are new to the next reader of it. */
export function withoutSeeing(snapshot: string, transactions: readonly string[]): string {
  const [xmin = '', xmax = '', running = ''] = snapshot.split(':');
  const unseen = [...new Set([...running.split(','), ...transactions])]
    .filter((xid) => xid !== '')
    .map(BigInt)
    .sort((a, b) => (a < b ? -1 : 1));
  const [oldest = BigInt(xmin)] = unseen;
  return [oldest < BigInt(xmin) ? oldest : xmin, xmax, unseen.join(',')].join(':');
}
