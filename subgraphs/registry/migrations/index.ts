import { type Migrations, scripts } from '../../../chassis/migrations.ts';

/*
 * Changing the registry's database.
 *
 * Tables, and all else that holds data (types, constraints, indexes, partitions, rights on tables): add a file to `tables/`,
 * named `NNNN-what-it-does` with the next number, and add its name to the end of TABLES. It runs once in each database, and is
 * never changed once it has been released. It may call only registry.clock(): a new database has no other function yet, and an
 * old one still has the old ones. It drops views and functions that stand in its way, for example a view whose column it
 * changes. All functions are applied anew after it, and so is everything that depends on the log's columns.
 *
 * Functions, views and triggers: write a file in a room of `functions/` with CREATE OR REPLACE and, at its end, the roles that
 * may call it (no others may). Add `room/name` to FUNCTIONS, after everything that it uses. To change one, change its file:
 * `npm run migrate` and the demo's start apply a file whenever its text has changed. To remove one, remove it from its file:
 * objects that a file no longer makes are dropped. A function may get other arguments or another result: if PostgreSQL cannot
 * replace it, it is dropped first, provided that no table depends on it.
 */

/** The tables that release 0.1.0 made as one migration. */
const RELEASED = [
  '0001-facts',
  '0002-log',
  '0003-seal',
  '0004-group-updates',
  '0005-reviews',
  '0006-sums',
  '0007-erasure',
  '0008-grants',
];

/** Run once, in this order. */
const TABLES = [
  '0009-functions-as-files',
  '0010-rows-of-calls',
  '0011-open',
  '0012-consent',
  '0013-leases',
  '0014-lists',
  '0015-protection-key',
  // There is no 0016: the number was never used.
  '0017-candidates',
];

/** The scripts that are applied whenever they change, in this order. */
const FUNCTIONS = [
  'facts/durations',
  'facts/revisions',
  'log/entry',
  'seal/seal',
  'seal/leaf',
  'log/retention',
  'log/budget',
  'rule/standing',
  'rule/may',
  'rule/lists',
  'facts/settle',
  'facts/permissions',
  'facts/updates',
  'rule/ends',
  'rule/corrections',
  'rule/crossing',
  'rule/authorize',
  'rule/seated',
  'rule/matrix',
  'facts/declare',
  'log/partitions',
  'log/sums',
  'log/report',
  'seal/erasure',
];

const tables = new URL('tables/', import.meta.url);

/** The migrations of the registry's database: the facts, the log and its seal, the rule, and the rights of roles. */
export const migrations: Migrations = {
  tables: [...scripts(tables, RELEASED, '0001-registry'), ...scripts(tables, TABLES)],
  functions: scripts(new URL('functions/', import.meta.url), FUNCTIONS),
};
