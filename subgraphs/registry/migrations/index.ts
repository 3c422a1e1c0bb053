import { type Migrations, scripts } from '../../../chassis/migrations.ts';

/*
 * How to change the registry's database.
 *
 * Tables, and all that holds data (types, constraints, indexes, partitions, what roles may do with a table): add a file
 * to `tables/` that is named `NNNN-what-it-does` with the next number, and its name to the end of TABLES. It runs once in each database, and
 * is never changed once it has been released. It may call no function but registry.clock(): in a new database no other is
 * there yet, and in an old one the others are still the old ones. It drops views and functions that stand in its way (a view
 * whose column it changes, say); all functions are applied anew after it, and so is what depends on the log's columns.
 *
 * Functions, views, and triggers with what they call: write a file in a room of `functions/` with CREATE OR REPLACE and, at
 * its end, who may call it (nobody may who is not named there), and add `room/name` to FUNCTIONS, after what it is made of.
 * To change one, change its file: `npm run migrate` and the demo's start apply a file whenever its text has changed. To
 * remove one, remove it from its file: what a file made before and makes no more is dropped. A function may get other
 * arguments or another result; what PostgreSQL cannot replace it drops first, if nothing of a table depends on it.
 */

/** Did in release 0.1.0 as one. */
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
const TABLES = ['0009-functions-as-files'];

/** Applied whenever they change, in this order. */
const FUNCTIONS = [
  'facts/durations',
  'facts/revisions',
  'log/entry',
  'seal/seal',
  'seal/leaf',
  'log/retention',
  'rule/standing',
  'rule/may',
  'facts/settle',
  'facts/updates',
  'rule/corrections',
  'rule/crossing',
  'rule/authorize',
  'rule/matrix',
  'facts/declare',
  'log/partitions',
  'log/sums',
  'log/report',
  'seal/erasure',
];

const tables = new URL('tables/', import.meta.url);

/** The registry's database: the facts, the log and its seal, the rule, and which role may do what. */
export const migrations: Migrations = {
  tables: [...scripts(tables, RELEASED, '0001-registry'), ...scripts(tables, TABLES)],
  functions: scripts(new URL('functions/', import.meta.url), FUNCTIONS),
};
