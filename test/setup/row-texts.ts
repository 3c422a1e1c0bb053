import { canonicalText, type JsonValue, type RowContent } from '../../schema/log/leaf.ts';

/** A row of the access log as PostgreSQL's JSON has it, by column. */
export type LogRow = RowContent;

/** The columns that a header tells. */
const HEADER = [
  ...[
    'action',
    'actor',
    'agency',
    'answer',
    'at',
    'caller',
    'confirmed_by',
    'erased_parts',
    'ground',
    'id',
    'incarnation',
  ],
  ...['kind', 'kind_category', 'kind_fields', 'kind_whereabouts', 'leaf_from', 'leaf_until', 'name', 'operation_hash'],
  ...['operation_name', 'request_id', 'roles', 'unknown_agency', 'xid'],
] as const;

/** What a part tells of itself, of each of its units, and of an answer, each with its column. */
const OF_PART = {
  ...{ assigned: 'part_assigned', consent: 'part_consent', first: 'part_from', group: 'part_group' },
  ...{ programme: 'part_programme', protected: 'part_protected', retention_years: 'part_years' },
  ...{ version: 'part_version', youth: 'part_youth' },
};
const OF_UNITS = {
  ...{ grants: 'unit_grant', kinds: 'unit_kind', permitted: 'unit_permitted', reasons: 'unit_reason' },
  ...{ sources: 'unit_source', things: 'unit_thing' },
};
const OF_ANSWER = {
  answer: 'answer_id',
  elapsed_ms: 'answer_elapsed_ms',
  records: 'answer_records',
  why: 'answer_why',
};

/** The columns that the seal of a row is over, beside `unit_part`, which follows from `part_from`. */
export const SEALED_COLUMNS: readonly string[] = [
  ...HEADER,
  ...[OF_PART, OF_UNITS, OF_ANSWER].flatMap((names) => Object.values(names)),
];

/** The texts that the leaf of a row commits to: of its header, and of each part. */
export function textsOf(row: LogRow): { readonly header: string; readonly parts: readonly string[] } {
  const from = listIn(row, 'part_from') as readonly number[];
  const of = (names: object, value: (column: string) => JsonValue | undefined): RowContent =>
    Object.fromEntries(Object.entries(names).map(([name, column]) => [name, value(String(column)) ?? null]));
  return {
    header: canonicalText(Object.fromEntries(HEADER.map((name) => [name, row[name] ?? null]))),
    parts: from.slice(1).map((beyond, part) =>
      canonicalText(
        row.answer_id == null
          ? {
              ...of(OF_PART, (column) => listIn(row, column)[part]),
              ...of(OF_UNITS, (column) => {
                const units = listIn(row, column).slice((from[part] ?? 1) - 1, beyond - 1);
                return units.length === 0 ? null : units;
              }),
            }
          : of(OF_ANSWER, (column) => listIn(row, column)[part]),
      ),
    ),
  };
}

function listIn(row: LogRow, column: string): readonly JsonValue[] {
  const value = row[column];
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
