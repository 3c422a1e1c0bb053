import { UnderscoreNamingStrategy } from '@mikro-orm/core';
import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';
import type { HubContext } from './context.ts';
import type { Owned } from './guard.ts';
import type { RecordKind } from './record-kind.ts';

/** A record as read for a caller: whose it is, where it originated, and the properties that the operation asked for. */
export type ReadRecord = Owned & Readonly<Record<string, unknown>>;

/** Narrows the records of one field by its arguments: a condition over `r`, with parameters from `$7` on. */
export interface Narrowing {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

const naming = new UnderscoreNamingStrategy();

/** What `…HoldRecord` and `…ClearText` change. */
const MARKS: readonly string[] = ['held', 'textCleared'];

/**
 * The records of a kind about one youth that this request may read: of the permitted agencies, inside their grants'
 * periods, not held back, not withdrawn, and only the columns asked for. All youths of a request share one statement.
 */
export async function recordsOf(
  kind: RecordKind,
  youthId: string,
  context: HubContext,
  info: GraphQLResolveInfo,
  narrowing: Narrowing = { sql: '', parameters: [] },
): Promise<readonly ReadRecord[]> {
  const fields = selectedFields(info);
  const columns = columnsFor(kind, fields, context);
  const name = [kind.name, narrowing.sql, JSON.stringify(narrowing.parameters), columns.join()].join(' ');
  const loader = context.loader(name, async (youths) => {
    const rows = await select(kind, youths, columns, narrowing, context);
    const byYouth = new Map<string, ReadRecord[]>();
    for (const row of rows) byYouth.set(row.youthId, [...(byYouth.get(row.youthId) ?? []), row]);
    return youths.map((youth) => byYouth.get(youth) ?? []);
  });
  return loader.load(youthId);
}

async function select(
  kind: RecordKind,
  youths: readonly string[],
  columns: readonly string[],
  narrowing: Narrowing,
  context: HubContext,
): Promise<ReadRecord[]> {
  // A grant limited to a period of data says nothing about a kind of record that has no date: it opens none of them.
  const sources = context.decisions
    .sources(youths, kind.category)
    .filter(({ dataFrom, dataTo }) => kind.period !== undefined || (dataFrom === null && dataTo === null));
  if (sources.length === 0) return [];
  const text = `
    SELECT p.youth_id AS "youthId", p.agency AS "agency"${columns.map((column) => `, ${column}`).join('')}
    FROM unnest($1::uuid[], $2::text[], $3::date[], $4::date[], $5::boolean[], $6::integer[])
      AS p (youth_id, agency, data_from, data_to, own, mask)
    JOIN agency.link l ON l.youth_id = p.youth_id AND l.agency = p.agency AND l.ended_at IS NULL
    JOIN agency.${tableOf(kind)} r ON r.link_id = l.id AND r.agency = p.agency
    WHERE r.withdrawn_at IS NULL AND (p.own OR NOT r.held)${periodCondition(kind)}${narrowing.sql}
    ORDER BY ${orderOf(kind)} r.recorded_at DESC, r.id`;
  const { rows } = await context.sector.pool.query<ReadRecord>({
    text,
    values: [
      sources.map(({ youth }) => youth),
      sources.map(({ source }) => source),
      sources.map(({ dataFrom }) => dataFrom),
      sources.map(({ dataTo }) => dataTo),
      sources.map(({ source }) => source === context.caller.agency),
      sources.map(({ youth, source }) => context.decisions.maskFrom(youth, source)),
      ...narrowing.parameters,
    ],
  });
  context.count(kind.category, rows.length);
  return rows;
}

/** The columns of the asked-for fields; a column that the caller may not see of an agency is not read from its rows. */
function columnsFor(kind: RecordKind, fields: ReadonlySet<string>, context: HubContext): string[] {
  const { properties } = context.sector.metadata(kind.row);
  const { derived = {} } = kind;
  return [...fields]
    .filter((field) => (field in properties || field in derived) && field !== 'agency')
    .sort()
    .map((field) => {
      const column = derived[field] ?? `r.${naming.propertyToColumnName(field)}`;
      const mask = context.sector.labels.mask(context.sector.labels.of(kind.name, field));
      const tests = [
        ...(kind.freeText?.includes(field) === true ? ['(p.own OR r.text_cleared)'] : []), // C10
        ...(isWiderThan(mask, kind, context) ? [`p.mask & ${mask} = ${mask}`] : []), // C16 and fields of a category of their own
        // C14: until the mutation has answered, no read tells that a mark has changed.
        ...(MARKS.includes(field) ? ["(r.marked_at > now() - interval '10 seconds') IS NOT TRUE"] : []),
      ];
      return tests.length === 0
        ? `${column} AS "${field}"`
        : `CASE WHEN ${tests.join(' AND ')} THEN ${column} END AS "${field}"`;
    });
}

function isWiderThan(mask: number, kind: RecordKind, context: HubContext): boolean {
  return mask !== context.sector.labels.bit({ category: kind.category, whereabouts: false });
}

function periodCondition({ period }: RecordKind): string {
  if (period === undefined) return '';
  const [from, to] = 'date' in period ? [period.date, period.date] : [period.from, period.to];
  const first = `r.${naming.propertyToColumnName(from)}`;
  const last = `r.${naming.propertyToColumnName(to)}`;
  // A span is wholly inside: one without an end is inside no period that ends.
  return ` AND (p.data_from IS NULL OR ${first} >= p.data_from) AND (p.data_to IS NULL OR ${last} < p.data_to)`;
}

function orderOf({ period, latestBy }: RecordKind): string {
  const ofPeriod = period !== undefined && 'date' in period ? period.date : period?.from;
  const property = latestBy ?? ofPeriod;
  return property === undefined ? '' : `r.${naming.propertyToColumnName(property)} DESC,`;
}

/** The table that holds a kind of record. */
export function tableOf(kind: RecordKind): string {
  return naming.classToTableName(kind.name);
}

/** The names of the fields that the operation asks for below this field, fragments included. */
function selectedFields(info: GraphQLResolveInfo): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (set: SelectionSetNode | undefined): void => {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) names.add(selection.name.value);
      else if (selection.kind === Kind.INLINE_FRAGMENT) visit(selection.selectionSet);
      else visit(info.fragments[selection.name.value]?.selectionSet);
    }
  };
  for (const node of info.fieldNodes) visit(node.selectionSet);
  return names;
}
