import { type Migrations, type Script, scripts } from '../migrations.ts';
import { naming, periodOf, tableOf } from '../record/read.ts';
import type { RecordKind } from '../record/record-kind.ts';

/** The tables and functions of news, to be applied after the chassis' own. */
export const newsMigrations: Migrations = {
  tables: scripts(new URL('migrations/tables/', import.meta.url), ['0000-news']),
  functions: scripts(new URL('migrations/functions/', import.meta.url), ['changes']),
};

/** The trigger that notes the changes of a kind of record, to be applied after the functions of news. */
export function noteChangesOf(kind: RecordKind): Script {
  const table = tableOf(kind);
  const days = periodOf(kind).map((property) => `'${naming.propertyToColumnName(property)}'`);
  return {
    name: `changes-of-${table}`,
    text: () =>
      `create or replace trigger note_change after insert or update or delete on agency.${table}
         for each row execute function agency.note_change(${days.join(', ')})`,
    was: `news-${table.replaceAll('_', '-')}`,
  };
}
