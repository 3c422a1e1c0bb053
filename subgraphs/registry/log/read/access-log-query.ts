import { type Bind, Bindings, type Numbered } from '../../../../chassis/statement.ts';
import { ROLES, type Role } from '../../../../schema/caller.ts';
import { agencySql } from '../../catalogue/agency.ts';
import { isToldSql } from '../../sql/ending.ts';
import type { Moment } from '../../sql/page.ts';
import { type AccessLogEntry, type AccessLogFilter, Decision } from './access-log.ts';
import type { LogReader } from './access-reader.ts';

/** SQL: what became of the answer that the entry `e` was decided for. Of several outcomes the one that discloses most counts. */
export const DISCLOSURE = `CASE WHEN e.kind = 'DECISION' AND e.permitted AND e.action = 1 THEN coalesce((
    SELECT CASE WHEN bool_or(became.kind = 'RELEASED') THEN 'RELEASED' WHEN bool_and(became.kind = 'WITHHELD') THEN 'WITHHELD' END
    FROM registry.entry became
    WHERE became.answer = e.answer AND became.elapsed_ms IS NOT NULL
      AND became.name = (SELECT k.sector FROM registry.category k WHERE k.id = e.category)
  ), 'POSSIBLE') END`;

/** SQL: is the entry `e` the reader's own? `names` is SQL of the reader's names in the log. */
export function ownSql(names: string): string {
  return `registry.is_own_entry(e.caller, e.actor, ${names})`;
}

/** Which entries `e` a filter selects: what all must hold, and of each list of alternatives one must. */
export interface Selection {
  readonly all: readonly string[];
  /** Alternatives that exclude each other. Each is found by an index of its own, so each is a branch of the statement. */
  readonly oneOf: readonly (readonly string[])[];
  /** Of what all must hold, what sums of entries are held against as entries are: nothing that depends on the reader's name. */
  readonly carried: readonly string[];
  /** SQL of the interval. */
  readonly from: string;
  readonly to: string;
  /** SQL: may the reason, and what a denial rests on, not be told of the entry? */
  readonly own: () => string;
}

/**
 * The entries that a reader may read of those that a filter selects. The reason of a denial is never told to whoever was
 * denied, nor what it rests on, by showing it or by finding it (DESIGN section 5, C11).
 */
export function selectionOf(filter: AccessLogFilter, reading: LogReader, bind: Bind): Selection {
  // A value that nothing in the statement uses is refused.
  let names: string | undefined;
  const own = () => {
    names ??= bind(reading.names, 'text[]');
    return ownSql(names);
  };
  const told = () => `NOT (${own()} AND NOT e.permitted)`;
  const from = bind(filter.from, 'timestamptz');
  const to = bind(filter.to, 'timestamptz');
  const carried = carriedBy(filter, reading, bind);
  const all = [`e.at >= ${from}`, `e.at < ${to}`, isToldSql('e.at'), ...carried];
  const oneOf: string[][] = [];
  const { youthId, caller, decision, reason, groupId, consentId, disclosure, operation } = filter;
  if (youthId != null) all.push(`e.youth = ${bind(youthId, 'uuid')}`);
  if (groupId != null) {
    all.push(`e.group_id = ${bind(groupId, 'uuid')}`, told(), sameYouth(reading.groupYouth, bind));
  }
  if (consentId != null) {
    all.push(`e.consent = ${bind(consentId, 'uuid')}`, told(), sameYouth(reading.consentYouth, bind));
  }
  if (reading.source !== null) all.push(told());
  if (reason != null) all.push(`NOT ${own()}`);
  if (operation != null) all.push(byOperation(operation, bind));
  if (disclosure != null) {
    all.push("e.kind = 'DECISION'", `${DISCLOSURE} = ${bind(disclosure, 'text')}`);
  }
  // The index of a youth's entries has permits and denials apart. Without a youth it is of no use, but would be taken for permits.
  if (ofYouth(filter) && decision == null)
    oneOf.push(disclosure == null ? ['e.permitted', 'NOT e.permitted'] : ['e.permitted']);
  if (caller != null) {
    const named = bind(caller, 'text');
    oneOf.push([`e.caller = ${named}`, `e.actor = ${named} AND e.caller <> ${named}`]);
  }
  if (reading.scope !== null) {
    const scope = bind(reading.scope, 'int');
    oneOf.push([`e.agency = ${scope}`, `e.source = ${scope} AND e.agency IS DISTINCT FROM ${scope}`]);
  }
  return { all, oneOf, carried, from, to, own };
}

/** The conditions on columns that sums carry too (sums/cubes.ts). */
function carriedBy({ decision, reason, kind }: AccessLogFilter, reading: LogReader, bind: Bind): string[] {
  const carried: string[] = [];
  if (reading.source !== null) carried.push(`e.source = ${bind(reading.source, 'int')}`);
  if (reading.recipient !== null) carried.push(`e.agency = ${bind(reading.recipient, 'int')}`);
  if (reading.category !== null) carried.push(`e.category = ${bind(reading.category, 'smallint')}`);
  if (decision != null) carried.push(decision === Decision.PERMIT ? 'e.permitted' : 'NOT e.permitted');
  if (reason != null) carried.push(`e.reason = ${bind(reason, 'registry.reason')}`, polarityOf(reason));
  if (kind != null) carried.push(`e.kind = ${bind(kind, 'text')}`, kindIndexed(kind));
  return carried;
}

function ofYouth({ youthId, groupId, consentId }: AccessLogFilter): boolean {
  return youthId != null || groupId != null || consentId != null;
}

/** All entries of a group or consent name its youth, by which they are found; those of one that is not there name none. */
function sameYouth(youth: string | null, bind: Bind): string {
  return youth === null ? 'e.youth IS NULL' : `e.youth = ${bind(youth, 'uuid')}`;
}

/** Lets the planner know which partial index a reason is in. */
function polarityOf(reason: string): string {
  return reason === 'OWN' || reason === 'CONSENT' ? 'e.permitted' : 'NOT e.permitted';
}

function kindIndexed(kind: string): string {
  return kind === 'DECISION' || kind === 'RELEASED' ? 'true' : "e.kind NOT IN ('DECISION', 'RELEASED')";
}

function byOperation(operation: string, bind: Bind): string {
  const given = bind(operation, 'text');
  const isHash = /^[0-9a-f]{64}$/.test(operation);
  return isHash ? `e.operation_hash = ${given} AND e.operation_name IS NULL` : `e.operation_name = ${given}`;
}

/** Each way of meeting all alternatives, as one condition. */
export function branchesOf({ all, oneOf }: Selection): string[] {
  return oneOf
    .reduce<string[][]>(
      (branches, alternatives) => branches.flatMap((branch) => alternatives.map((each) => [...branch, each])),
      [[...all]],
    )
    .map((conditions) => conditions.join(' AND '));
}

/** An entry as the database answers it: with its place in the order, and its roles as a mask. */
export type EntryAnswer = AccessLogEntry & Moment & { readonly mask: number };

/** SQL of the columns of an EntryAnswer, from the entry `e` and `entrySources()`. */
export const ENTRY_COLUMNS = `
  e.id, (extract(epoch FROM e.at) * 1000000)::bigint::text AS micros, e.at, e.kind,
  CASE WHEN e.permitted THEN 'PERMIT' ELSE 'DENY' END AS decision, e.caller, e.actor,
  CASE WHEN NOT reader.own THEN e.reason END AS reason, CASE WHEN NOT reader.own THEN e.protected END AS protected,
  CASE WHEN a.id IS NOT NULL THEN ${agencySql('a')} END AS agency, e.roles AS mask, e.youth AS "youthId",
  CASE WHEN s.id IS NOT NULL AND NOT reader_was.denied THEN ${agencySql('s')} END AS source, k.code AS category, e.whereabouts,
  string_to_array(e.fields, ',') AS fields, e.assigned,
  basis.group_id AS "groupId", basis.programme AS "programmeId", basis.consent AS "consentId",
  basis.consent_version AS "consentVersion", basis.consent_grant AS "grantId", e.name, ${DISCLOSURE} AS disclosure, e.why,
  e.elapsed_ms AS "elapsedMs", e.thing AS "thingId", e.operation_hash AS "operationHash",
  e.operation_name AS "operationName", e.request_id AS "requestId"`;

/** SQL of what stands beside the entry `e`; `own` is SQL of whether it is the reader's own. */
export function entrySources(own: string): string {
  return `
  LEFT JOIN registry.agency a ON a.id = e.agency
  LEFT JOIN registry.agency s ON s.id = e.source
  LEFT JOIN registry.category k ON k.id = e.category
  CROSS JOIN LATERAL (SELECT ${own} AS own) reader
  CROSS JOIN LATERAL (SELECT reader.own AND NOT e.permitted AS denied) reader_was
  LEFT JOIN LATERAL (
    SELECT e.group_id, e.programme, e.consent, e.consent_version, e.consent_grant
  ) basis ON NOT reader_was.denied`;
}

/** The statement for `rows` entries, latest first, after a place in that order. */
export function entriesQuery(
  filter: AccessLogFilter,
  reading: LogReader,
  after: Moment | null,
  rows: number,
): Numbered {
  const bindings = new Bindings();
  const { bind } = bindings;
  const selection = selectionOf(filter, reading, bind);
  const place = afterSql(after, bind);
  const limit = `ORDER BY at DESC, id DESC LIMIT ${bind(rows, 'int')}`;
  const branches = branchesOf(selection).map(
    (condition) => `(SELECT * FROM registry.entry e WHERE ${condition}${place} ${limit})`,
  );
  // Planned anew each time: the right index depends on the values.
  const text = `
    SELECT ${ENTRY_COLUMNS}
    FROM (SELECT * FROM (${branches.join(' UNION ALL ')}) AS found ${limit}) e ${entrySources(selection.own())}
    ORDER BY e.at DESC, e.id DESC`;
  return bindings.statement(text);
}

/** SQL that goes on a condition: after this place in a list that is ordered by these two columns, the latest first. */
export function afterSql(moment: Moment | null, bind: Bind, columns = 'e.at, e.id'): string {
  if (moment === null) return '';
  const instant = `(timestamptz 'epoch' + ${bind(moment.micros, 'bigint')} * interval '1 microsecond')`;
  return ` AND (${columns}) < (${instant}, ${bind(moment.id, 'uuid')})`;
}

/** An entry as it is shown. */
export function entryOf({ mask, ...entry }: EntryAnswer): AccessLogEntry & Moment {
  return { ...entry, roles: rolesIn(mask) };
}

function rolesIn(mask: number): Role[] {
  return ROLES.filter((_, index) => (mask & (1 << index)) !== 0);
}
