import { type Bind, Bindings, type Numbered } from '../../../../chassis/statement.ts';
import { isToldSql } from '../../sql/ending.ts';
import { type Moment } from '../../sql/page.ts';
import { type AccessLogFilter, Decision } from './access-log.ts';
import type { LogReader } from './access-reader.ts';
import { type Interval, unreleasedRows } from './candidate-rows.ts';
import {
  asksForOutcomes,
  type Carried,
  type Condition,
  carriedByRow,
  entrySql,
  marked,
  ofDisclosure,
  ofRow,
  ofUnit,
  ofYouth,
} from './condition.ts';
import { ENTRY_COLUMNS, type Entries, entrySources, type ReaderSql } from './entry-answer.ts';

/** SQL: is the entry `e` the reader's own? `names` is SQL of the reader's names in the log. */
export function ownSql(names: string): string {
  return `registry.is_own_entry(e.caller, e.actor, ${names})`;
}

/** SQL: may the entry `e` show the reader that the youth had protected identity (C16)? */
export function protectionSql({ scope, audits }: LogReader, bind: Bind): string {
  if (scope === null) return 'true';
  return `registry.shows_protection(${bind(scope, 'int')}, ${audits}, e.reason, e.youth)`;
}

/** Which entries a filter selects: what all must hold, and of each list of alternatives one must. */
export interface Selection extends Interval {
  /** Where the entries are: those of the log, or what became of answers. */
  readonly among: Entries;
  readonly all: readonly Condition[];
  /** Alternatives that exclude each other. Each is found by an index of its own, so each is a branch of the statement. */
  readonly oneOf: readonly (readonly Condition[])[];
  /** The conditions of `all` that sums of entries can be held against: nothing that depends on the reader's name. */
  readonly carried: readonly string[];
  /** SQL: true where the entry must not show its reason, nor what a denial rests on. */
  readonly own: () => string;
  /** SQL: true where the entry may show the reader that the youth had protected identity. */
  readonly protection: () => string;
}

/**
 * The entries that a reader may read of those that a filter selects. The reason of a denial is never told to whoever was
 * denied, nor what it rests on, by showing it or by finding it (DESIGN section 5, C11).
 */
export function selectionOf(
  filter: AccessLogFilter,
  reading: LogReader,
  bind: Bind,
  { byRows = false } = {},
): Selection {
  // A value that nothing in the statement uses is refused.
  let names: string | undefined;
  const own = () => {
    names ??= bind(reading.names, 'text[]');
    return ownSql(names);
  };
  let sees: string | undefined;
  const protection = () => {
    sees ??= protectionSql(reading, bind);
    return sees;
  };
  const told = () => ofUnit(`NOT (${own()} AND NOT e.permitted)`);
  const from = bind(filter.from, 'timestamptz');
  const to = bind(filter.to, 'timestamptz');
  const carried = carriedBy(filter, reading, bind);
  const asked = ofRow((of) => `${of}.at >= ${from} AND ${of}.at < ${to} AND ${isToldSql(`${of}.at`)}`);
  const all: Condition[] = [...carried];
  const oneOf: Condition[][] = [];
  const { youthId, caller, reason, groupId, consentId, disclosure, operation } = filter;
  if (youthId != null) all.push(ofYouth(bind(youthId, 'uuid')));
  if (groupId != null) {
    all.push(ofUnit(`e.group_id = ${bind(groupId, 'uuid')}`), told(), sameYouth(reading.groupYouth, bind));
  }
  if (consentId != null) {
    all.push(ofUnit(`e.consent = ${bind(consentId, 'uuid')}`), told(), sameYouth(reading.consentYouth, bind));
  }
  if (reading.source !== null) all.push(told());
  if (reason != null) all.push(ofUnit(`NOT ${own()}`));
  if (operation != null) all.push(byOperation(operation, bind));
  if (disclosure != null) all.push(ofDisclosure(disclosure, bind(disclosure, 'text')));
  if (caller != null) {
    const named = bind(caller, 'text');
    oneOf.push([
      carriedByRow((of) => `${of}.caller = ${named}`),
      carriedByRow((of) => `${of}.actor = ${named} AND ${of}.caller <> ${named}`),
    ]);
  }
  if (reading.scope !== null) {
    const scope = bind(reading.scope, 'int');
    oneOf.push([
      carriedByRow((of) => `${of}.agency = ${scope}`),
      {
        carried: `e.source = ${scope} AND e.agency IS DISTINCT FROM ${scope}`,
        row: (of) =>
          `${of}.marks && ARRAY[registry.mark_of_source(${scope})] AND ${of}.agency IS DISTINCT FROM ${scope}`,
        unit: `e.source = ${scope}`,
      },
    ]);
  }
  const sums = { carried: carried.map(({ carried: sql }) => sql), from, to, byRows, own, protection };
  if (!asksForOutcomes(filter)) return { among: 'registry.entry', all: [asked, ...all], oneOf, ...sums };
  // Who had asked stands in the row of the decision, so all but instant and kind is held against the entry.
  const ofEntry = (condition: Condition) => ofUnit(entrySql([condition]));
  const kind = ofKind(String(filter.kind), bind);
  return {
    among: 'registry.outcome_entry',
    all: [asked, kind, ...all.map(ofEntry)],
    oneOf: oneOf.map((ways) => ways.map(ofEntry)),
    ...sums,
  };
}

/** The conditions on columns that sums carry too (sums/cubes.ts). */
function carriedBy({ decision, reason, kind }: AccessLogFilter, reading: LogReader, bind: Bind): Carried[] {
  const carried: Carried[] = [];
  if (reading.source !== null) carried.push(marked('source', bind(reading.source, 'int')));
  if (reading.recipient !== null) {
    const recipient = bind(reading.recipient, 'int');
    carried.push(carriedByRow((of) => `${of}.agency = ${recipient}`));
  }
  if (reading.category !== null) carried.push(marked('category', bind(reading.category, 'smallint')));
  if (decision != null) {
    const sql = decision === Decision.PERMIT ? 'e.permitted' : 'NOT e.permitted';
    carried.push({ carried: sql, unit: sql });
  }
  if (reason != null) {
    const given = bind(reason, 'registry.reason');
    const sql = `e.reason = ${given}`;
    carried.push(
      reason === 'OWN' || reason === 'CONSENT'
        ? { carried: `${sql} AND e.permitted`, row: (of) => `${of}.kind = 'DECISION'`, unit: sql }
        : {
            carried: `${sql} AND NOT e.permitted`,
            row: (of) => `${of}.marks && ARRAY[registry.mark_of_reason(${given})]`,
            unit: sql,
          },
    );
  }
  if (kind != null) carried.push(ofKind(kind, bind));
  return carried;
}

/** All entries of a group or consent name its youth, by which they are found; those of one that is not there name none. */
function sameYouth(youth: string | null, bind: Bind): Condition {
  return youth === null ? ofUnit('e.youth IS NULL') : ofYouth(bind(youth, 'uuid'));
}

function ofKind(kind: string, bind: Bind): Carried {
  const given = bind(kind, 'text');
  // Lets the planner know which partial index a kind is in.
  const isRare = kind !== 'DECISION' && kind !== 'RELEASED';
  return {
    carried: `e.kind = ${given}`,
    row: (of) => `${of}.kind = ${given}${isRare ? ` AND ${of}.kind NOT IN ('DECISION', 'RELEASED')` : ''}`,
  };
}

function byOperation(operation: string, bind: Bind): Condition {
  const given = bind(operation, 'text');
  const isHash = /^[0-9a-f]{64}$/.test(operation);
  return ofRow((of) =>
    isHash ? `${of}.operation_hash = ${given} AND ${of}.operation_name IS NULL` : `${of}.operation_name = ${given}`,
  );
}

/** Each way of meeting all alternatives. */
export function branchesOf({ all, oneOf }: Pick<Selection, 'all' | 'oneOf'>): (readonly Condition[])[] {
  return oneOf.reduce<(readonly Condition[])[]>(
    (branches, alternatives) => branches.flatMap((branch) => alternatives.map((each) => [...branch, each])),
    [all],
  );
}

/**
 * SQL of the latest entries `e` of a selection that meet these conditions, in their order. The latest rows with such an entry are
 * found first: each has one at least, so no more rows are needed than entries. `place` is a further condition on (at, id).
 */
export function latestSql(
  conditions: readonly Condition[],
  limit: string,
  selection: Interval & Pick<Selection, 'among'>,
  place?: Place,
): string {
  const [expanded, holds] =
    selection.among === 'registry.entry'
      ? ['registry.units_of', 'r.caller IS NOT NULL']
      : ['registry.outcomes_of', 'r.answer_id IS NOT NULL'];
  const ofRows = conditions.flatMap(({ row }) => (row === undefined ? [] : [row('r')]));
  const ofUnits = [
    'true',
    ...conditions.flatMap(({ unit }) => unit ?? []),
    ...(place === undefined ? [] : [place.entry]),
  ];
  const units = ofUnits.join(' AND ');
  const isFound = [
    holds,
    ...ofRows,
    ...(place === undefined ? [] : [place.row]),
    `EXISTS (SELECT FROM ${expanded}(r) e WHERE ${units})`,
  ].join(' AND ');
  const rows = conditions.some(({ isUnreleased }) => isUnreleased === true)
    ? unreleasedRows(isFound, limit, selection)
    : `SELECT r FROM registry.log_row r WHERE ${isFound} ORDER BY r.at DESC, r.id DESC LIMIT ${limit}`;
  return `SELECT e.* FROM (${rows}) latest CROSS JOIN LATERAL ${expanded}(latest.r) e
    WHERE ${units} ORDER BY e.at DESC, e.id DESC LIMIT ${limit}`;
}

/** Where a page goes on: SQL of it for entries `e`, and for rows `r` that may have such an entry. */
export interface Place {
  readonly entry: string;
  readonly row: string;
}

/** The place after a moment in a list of entries, the latest first; undefined for the first page. */
function placeAfter(moment: Moment | null, bind: Bind): Place | undefined {
  if (moment === null) return undefined;
  const at = `(timestamptz 'epoch' + ${bind(moment.micros, 'bigint')} * interval '1 microsecond')`;
  const id = bind(moment.id, 'uuid');
  return { entry: `(e.at, e.id) < (${at}, ${id})`, row: `(r.at, r.id) <= (${at}, ${id})` };
}

/** SQL about an entry of a selection and its reader. */
export function readerOf({ own, protection }: Pick<Selection, 'own' | 'protection'>): ReaderSql {
  return { own: own(), protection: protection() };
}

/** The statement for `rows` entries, latest first, after a place in that order. */
export function entriesQuery(
  filter: AccessLogFilter,
  reading: LogReader,
  after: Moment | null,
  rows: number,
  { byRows = false } = {},
): Numbered {
  const bindings = new Bindings();
  const { bind } = bindings;
  const selection = selectionOf(filter, reading, bind, { byRows });
  const place = placeAfter(after, bind);
  const most = bind(rows, 'int');
  const branches = branchesOf(selection).map((conditions) => `(${latestSql(conditions, most, selection, place)})`);
  const limit = `ORDER BY at DESC, id DESC LIMIT ${most}`;
  // Planned anew each time: the right index depends on the values.
  const text = `
    SELECT ${ENTRY_COLUMNS}
    FROM (SELECT * FROM (${branches.join(' UNION ALL ')}) AS found ${limit}) e ${entrySources(readerOf(selection), selection.among)}
    ORDER BY e.at DESC, e.id DESC`;
  return bindings.statement(text);
}
