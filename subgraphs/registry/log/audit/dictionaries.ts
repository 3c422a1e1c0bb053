import type pg from 'pg';
import { ROLES } from '../../../../schema/caller.ts';

const TABLES = `SELECT
  (SELECT json_agg(json_build_object('id', id, 'code', code, 'name', name, 'sector', sector) ORDER BY id) FROM registry.agency) AS agencies,
  (SELECT json_agg(json_build_object('id', id, 'code', code) ORDER BY id) FROM registry.category) AS categories,
  (SELECT json_agg(json_build_object('id', id, 'code', code, 'version', version, 'name', name) ORDER BY code, version)
    FROM registry.programme) AS programmes`;

/** The meaning of the numbers in the log's rows, as a JSON text: agencies, categories, programmes, roles and actions. */
export async function dictionariesText(db: Pick<pg.Pool, 'query'>): Promise<string> {
  const { rows } = await db.query<Record<'agencies' | 'categories' | 'programmes', object[] | null>>(TABLES);
  const { agencies, categories, programmes } = rows[0] ?? { agencies: null, categories: null, programmes: null };
  const dictionaries = {
    agencies: agencies ?? [],
    categories: categories ?? [],
    programmes: programmes ?? [],
    // A row has the sum of the roles of its caller.
    roles: ROLES.map((code, bit) => ({ id: 1 << bit, code })),
    actions: ACTIONS.map((code, index) => ({ id: index + 1, code })),
  };
  return `${JSON.stringify(dictionaries, null, 1)}\n`;
}

const ACTIONS = ['READ', 'WRITE', 'LINK', 'MANAGE'] as const;
