import { type AccessLogFilter, Disclosure } from './access-log.ts';

/** Entries that outcomes of answers are: they are listed when they are asked for by their kind. */
const OUTCOMES: readonly string[] = ['RELEASED', 'WITHHELD', 'LATE'];

/** Does a filter ask for what became of answers? */
export function asksForOutcomes({ kind }: Pick<AccessLogFilter, 'kind'>): boolean {
  return kind != null && OUTCOMES.includes(kind);
}

/** SQL: what became of the answer that a row of permitted reads was decided for. Of several outcomes the one that discloses most counts. */
export const OUTCOME = (of: string) => `coalesce((
    SELECT CASE WHEN bool_or(became.kind = 'RELEASED') THEN 'RELEASED' WHEN bool_and(became.kind = 'WITHHELD') THEN 'WITHHELD' END
    FROM registry.became_of(${of}.answer, ${of}.at, ${of}.name) became
  ), 'POSSIBLE')`;

/** SQL: what became of what the entry `e` permitted; null unless it is a permitted read. */
export const DISCLOSURE = `CASE WHEN e.kind = 'DECISION' AND e.permitted AND e.action = 1 THEN ${OUTCOME('e')} END`;

/**
 * Permitted reads of this outcome; `given` is SQL of it. The answer is looked up once for a row. Reads that were not released are
 * few, and found by what is known of settled days.
 */
export function ofDisclosure(disclosure: Disclosure, given: string) {
  return {
    isUnreleased: disclosure !== Disclosure.RELEASED,
    row: (of: string) => `${of}.kind = 'DECISION' AND ${of}.action = 1 AND ${OUTCOME(of)} = ${given}`,
    unit: 'e.permitted',
  } satisfies Condition;
}

/**
 * A condition on entries. `row` is SQL of what must hold of an entry's row, or of the entry as it stands in the view: it reaches
 * the indexes of rows. `unit` is SQL of what must hold of the entry `e` besides.
 */
export interface Condition {
  readonly row?: (of: string) => string;
  readonly unit?: string;
  /** True where only permitted reads meet it whose answer is not known to have been released. */
  readonly isUnreleased?: boolean;
  /** SQL of the same for an entry or a sum of entries `e`, where sums carry the columns. */
  readonly carried?: string;
}

/** A condition on the row alone; `sql` writes the row as `of`. */
export const ofRow = (row: (of: string) => string): Condition => ({ row });

/** A condition on the unit alone. */
export const ofUnit = (unit: string): Condition => ({ unit });

/** SQL of conditions on the entries `e` of the view. */
export function entrySql(conditions: readonly Condition[]): string {
  const sql = conditions.flatMap(({ row, unit }) => [row?.('e'), unit]).filter((each) => each !== undefined);
  return ['true', ...sql].join(' AND ');
}

/** A condition on columns that sums carry too: `carried` is SQL of it for the entry or sum `e`. */
export interface Carried extends Condition {
  readonly carried: string;
}

/** A condition on the row alone, which sums carry. */
export function carriedByRow(row: (of: string) => string): Carried {
  return { carried: row('e'), row };
}

/** A condition that the marks of a row answer. */
export function marked(column: 'source' | 'category', value: string): Carried {
  const sql = `e.${column} = ${value}`;
  return { carried: sql, row: (of) => `${of}.marks && ARRAY[registry.mark_of_${column}(${value})]`, unit: sql };
}

/** Entries about a youth; `youth` is SQL. */
export function ofYouth(youth: string): Condition {
  return { row: (of) => `${of}.part_youth @> ARRAY[${youth}]`, unit: `e.youth = ${youth}` };
}
