import { UnderscoreNamingStrategy } from '@mikro-orm/core';
import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';
import { Ctx, Directive, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import type { HubContext } from '../decide/context.ts';
import type { PermitToRead } from '../decide/decide.ts';
import type { Owned } from '../decide/guard.ts';
import type { ClassReference } from '../names.ts';
import { Youth } from '../youth/youth.ts';
import { preparedIfUsual } from './prepared-statement.ts';
import { type RecordKind, textsOf } from './record-kind.ts';

/** A record as read for a caller: youth, agency of origin, and the properties that the operation asked for. */
export type ReadRecord = Owned & Readonly<Record<string, unknown>>;

/** Narrows the records of one field by its arguments: a condition over `r`, with its values by name. */
export interface Narrowing {
  readonly sql: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The permits by which records are read, as the columns of `p`; a narrowing uses other names. */
interface PermitValues {
  readonly permitYouths: readonly string[];
  readonly permitSources: readonly string[];
  readonly permitFrom: readonly (string | null)[];
  readonly permitTo: readonly (string | null)[];
  readonly permitOwn: readonly boolean[];
  readonly permitMasks: readonly number[];
  readonly permitProtections: readonly (string | null)[];
}

/** SQL of the columns of `p`, as arrays to be unnested. */
export const PERMITS = `:permitYouths::uuid[], :permitSources::text[], :permitFrom::date[], :permitTo::date[],
      :permitOwn::boolean[], :permitMasks::integer[], :permitProtections::uuid[]`;

/** The storage's names for the columns of properties and the tables of kinds. */
export const naming = new UnderscoreNamingStrategy();

/** A time, as SQL, longer than a fenced mutation takes from its commit to its answer. */
export const TAKING_EFFECT = "interval '10 seconds'";

/** The properties that only the agency of origin sees. */
const OWN_ONLY: readonly string[] = ['sourceId', 'namesNoPlace'];

/** The properties that `…HoldRecord` and `…ClearText` change. */
const MARKS: readonly string[] = ['held', 'textCleared', 'namesNoPlace'];

/** SQL of fields of every record that are derived from stored ones. */
const DERIVED: Readonly<Record<string, string>> = { namesNoPlace: 'r.names_no_place IS NOT NULL' };

/** The condition for reading the texts of the record `r` under the permit `p` (C16): no protection, or a mark given under it. */
const NAMES_NO_PLACE = '(p.protection IS NULL OR r.names_no_place = p.protection)';

/** The resolver of the field on Youth that yields the records of a kind. */
export function readingField(
  kind: RecordKind,
  { name, description, single }: NonNullable<RecordKind['youthField']>,
): ClassReference {
  @Resolver(() => Youth)
  class Reads {
    @Directive(`@consent(category: "${kind.category}")`)
    @FieldResolver(() => (single === true ? kind.type : [kind.type]), { name, nullable: true, description })
    async [name](@Root() youth: Youth, @Ctx() context: HubContext, @Info() info: GraphQLResolveInfo): Promise<unknown> {
      const records = await recordsOf(kind, youth.id, context, info);
      return single === true ? (records[0] ?? null) : records;
    }
  }
  return Reads;
}

/**
 * The records of a kind about one youth that this request may read: those of the permitted agencies, inside their grants'
 * periods, neither held back nor withdrawn, with only the columns asked for. All youths of a request share one statement.
 */
export async function recordsOf(
  kind: RecordKind,
  youthId: string,
  context: HubContext,
  info: GraphQLResolveInfo,
  narrowing: Narrowing = { sql: '', values: {} },
): Promise<readonly ReadRecord[]> {
  const fields = selectedFields(info);
  const columns = columnsFor(kind, fields, context);
  const name = [kind.name, narrowing.sql, JSON.stringify(narrowing.values), columns.join()].join(' ');
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
  const sources = permitsToRead(kind, youths, context);
  if (sources.length === 0) return [];
  // OFFSET makes look-ups of the joins: PostgreSQL, which does not know how few youths there are, would read small tables whole.
  const text = `
    SELECT p.youth_id AS "youthId", p.agency AS "agency"${columns.map((column) => `, ${column}`).join('')}
    FROM unnest(${PERMITS})
      AS p (youth_id, agency, data_from, data_to, own, mask, protection)
    CROSS JOIN LATERAL (
      SELECT l.id FROM agency.link l WHERE l.youth_id = p.youth_id AND l.agency = p.agency AND l.ended_at IS NULL OFFSET 0
    ) l
    CROSS JOIN LATERAL (
      SELECT r.* FROM agency.${tableOf(kind)} r WHERE r.link_id = l.id AND r.agency = p.agency OFFSET 0
    ) r
    WHERE ${readable(kind)}${narrowing.sql}
    ORDER BY ${orderOf(kind)} r.recorded_at DESC, r.id`;
  const values = { ...narrowing.values, ...permitValues(sources, context) };
  const { rows } = await context.sector.pool.query<ReadRecord>(preparedIfUsual(text, values));
  context.count(kind.category, rows.length);
  return rows;
}

/** The permits to read a kind of record about these youths. */
export function permitsToRead(kind: RecordKind, youths: readonly string[], context: HubContext): PermitToRead[] {
  const wanted = new Set(youths);
  return (
    context.decisions
      .sources(kind.category)
      .filter(({ youth }) => wanted.has(youth))
      // A grant limited to a data period opens no kind of record without a date.
      .filter(({ dataFrom, dataTo }) => kind.period !== undefined || (dataFrom === null && dataTo === null))
  );
}

/** The values that `PERMITS` names. */
export function permitValues(permits: readonly PermitToRead[], context: HubContext): PermitValues {
  return {
    permitYouths: permits.map(({ youth }) => youth),
    permitSources: permits.map(({ source }) => source),
    permitFrom: permits.map(({ dataFrom }) => dataFrom),
    permitTo: permits.map(({ dataTo }) => dataTo),
    permitOwn: permits.map(({ source }) => source === context.caller.agency),
    permitMasks: permits.map(({ mask }) => mask),
    permitProtections: permits.map(({ protection }) => protection),
  };
}

/** The condition for reading the record `r` under the permit `p`: not withdrawn, not held (C17), inside the period. */
export function readable(kind: RecordKind): string {
  const [from, to] = periodOf(kind).map((property) => `r.${naming.propertyToColumnName(property)}`);
  return `r.withdrawn_at IS NULL AND (p.own OR NOT r.held)${insidePeriod(from, to)}`;
}

/** The columns of the requested fields. A column that the caller may not see from an agency is not read from its rows. */
export function columnsFor(kind: RecordKind, fields: ReadonlySet<string>, context: HubContext): string[] {
  const { properties } = context.sector.metadata(kind.row);
  const derived = { ...DERIVED, ...kind.derived };
  return [...fields]
    .filter((field) => (field in properties || field in derived) && field !== 'agency')
    .sort()
    .map((field) => {
      const column = derived[field] ?? `r.${naming.propertyToColumnName(field)}`;
      const mask = context.sector.labels.mask(context.sector.labels.of(kind.name, field));
      const tests = [
        ...(OWN_ONLY.includes(field) ? ['p.own'] : []),
        ...(kind.freeText?.includes(field) === true ? ['(p.own OR r.text_cleared)'] : []), // C10
        ...(textsOf(kind).includes(field) ? [NAMES_NO_PLACE] : []), // C16
        ...(isWiderThan(mask, kind, context) ? [`p.mask & ${mask} = ${mask}`] : []), // C16 and fields of a category of their own
        // C14: no read shows that a mark has changed until the mutation has answered.
        ...(MARKS.includes(field) ? [`(r.marked_at > now() - ${TAKING_EFFECT}) IS NOT TRUE`] : []),
      ];
      return tests.length === 0
        ? `${column} AS "${field}"`
        : `CASE WHEN ${tests.join(' AND ')} THEN ${column} END AS "${field}"`;
    });
}

function isWiderThan(mask: number, kind: RecordKind, context: HubContext): boolean {
  return mask !== context.sector.labels.bit({ category: kind.category, whereabouts: false });
}

/** The properties that hold the first and the last day of a record; none if a data period does not apply to the kind. */
export function periodOf({ period }: RecordKind): [] | [from: string, to: string] {
  if (period === undefined) return [];
  return 'date' in period ? [period.date, period.date] : [period.from, period.to];
}

/** The condition that the days between two columns lie inside the data period of the permit `p`. */
export function insidePeriod(from?: string, to?: string): string {
  if (from === undefined || to === undefined) return '';
  // A span must lie wholly inside: a span without an end is inside no period that ends.
  return ` AND (p.data_from IS NULL OR ${from} >= p.data_from) AND (p.data_to IS NULL OR ${to} < p.data_to)`;
}

function orderOf({ period, latestBy }: RecordKind): string {
  const ofPeriod = period !== undefined && 'date' in period ? period.date : period?.from;
  const property = latestBy ?? ofPeriod;
  return property === undefined ? '' : `r.${naming.propertyToColumnName(property)} DESC NULLS LAST,`;
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
