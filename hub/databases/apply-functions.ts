import { createHash } from 'node:crypto';
import pg from 'pg';
import { type Script } from '../../chassis/migrations.ts';
import { named } from '../../chassis/statement.ts';
import { runScript } from './run-script.ts';

/** Decides whether the objects that a file made before stay until the file replaces them, or are dropped first. */
export type Replacing = 'in place' | 'after dropping';

/** A file as the database remembers it. */
interface Applied {
  readonly name: string;
  readonly digest: string;
  readonly objects: readonly string[];
}

/**
 * Applies the files of functions whose text has changed, or all, and drops objects that files made before and no longer
 * make. It runs in the caller's transaction, without savepoints: the transaction's id distinguishes new objects from
 * old ones.
 */
export async function applyFunctions(
  schema: string,
  files: readonly Script[],
  client: pg.Client,
  { all, replacing }: { readonly all: boolean; readonly replacing: Replacing },
): Promise<void> {
  const { rows: before } = await client.query<Applied>(`SELECT name, digest, objects FROM ${schema}.function_file`);
  const digests = new Map(files.map((file) => [file.name, digestOf(file)]));
  const kept =
    all || replacing === 'after dropping' ? [] : before.filter(({ name, digest }) => digests.get(name) === digest);
  const changed = files.filter(({ name }) => !kept.some((file) => file.name === name));
  const old = before.filter((file) => !kept.includes(file)).flatMap(({ objects }) => objects);
  if (changed.length === 0 && old.length === 0) return;
  if (replacing === 'after dropping') await drop(old, client, 'what nothing depends on');
  await prepare(old, client);
  await client.query(
    named(`DELETE FROM ${schema}.function_file WHERE name <> ALL (:kept)`, { kept: kept.map(({ name }) => name) }),
  );
  const made = new Set<string>();
  for (const file of changed) {
    await runScript(file, client);
    const objects = (await madeNow(client)).filter((object) => !made.has(object));
    for (const object of objects) made.add(object);
    await client.query(
      named(`INSERT INTO ${schema}.function_file (name, digest, objects) VALUES (:name, :digest, :objects)`, {
        name: file.name,
        digest: digests.get(file.name),
        objects: objects,
      }),
    );
  }
  const still = new Set([...made, ...kept.flatMap(({ objects }) => objects)]);
  await drop(
    old.filter((object) => !still.has(object)),
    client,
    'all',
  );
}

/** Drops the objects that files of functions have made, except those that a table depends on. */
export async function dropFunctions(schema: string, client: pg.Client): Promise<void> {
  const { rows } = await client.query<Pick<Applied, 'objects'>>(`SELECT objects FROM ${schema}.function_file`);
  await drop(
    rows.flatMap(({ objects }) => objects),
    client,
    'what nothing depends on',
  );
}

function digestOf({ text }: Script): string {
  return createHash('sha256').update(text()).digest('hex');
}

/**
 * Prepares functions to be replaced. OR REPLACE keeps owner and rights, and a file must get exactly the rights that it
 * states. A function of another role cannot be replaced at all, so it is dropped.
 */
async function prepare(objects: readonly string[], client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ object: string; is_own: boolean; grantees: string | null }>(
    named(
      `SELECT made.object, p.proowner = current_user::regrole AS is_own,
       (SELECT string_agg(DISTINCT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END, ', ')
        FROM aclexplode(p.proacl) g WHERE g.grantee <> p.proowner) AS grantees
     FROM pg_proc p CROSS JOIN LATERAL (
       SELECT i.type || ' ' || i.identity AS object FROM pg_identify_object('pg_proc'::regclass, p.oid, 0) i
     ) made WHERE made.object = ANY (:objects)`,
      { objects },
    ),
  );
  for (const { object, grantees } of rows.filter(({ is_own }) => is_own)) {
    if (grantees !== null) await client.query(`REVOKE ALL ON ${object} FROM ${grantees}`);
  }
  await drop(
    rows.filter(({ is_own }) => !is_own).map(({ object }) => object),
    client,
    'all',
  );
}

/**
 * The functions, views and triggers that this transaction has made or replaced; their rows in the catalogue carry its
 * id.
 */
async function madeNow(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ object: string }>(`
    SELECT i.type || ' ' || i.identity AS object
    FROM (
      SELECT 'pg_proc'::regclass AS catalogue, p.oid FROM pg_proc p WHERE p.xmin = pg_current_xact_id()::xid
      UNION ALL
      SELECT 'pg_class'::regclass, r.ev_class FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
      WHERE r.xmin = pg_current_xact_id()::xid AND c.relkind = 'v'
      UNION ALL
      SELECT 'pg_trigger'::regclass, t.oid FROM pg_trigger t
      WHERE t.xmin = pg_current_xact_id()::xid AND NOT t.tgisinternal AND t.tgparentid = 0
    ) made CROSS JOIN LATERAL pg_identify_object(made.catalogue, made.oid, 0) i`);
  return rows.map(({ object }) => object);
}

/** Drops objects in any order that works: all of them, or it throws; or only those that nothing else depends on. */
async function drop(
  objects: readonly string[],
  client: pg.Client,
  which: 'all' | 'what nothing depends on',
): Promise<void> {
  if (objects.length === 0) return;
  const statements = objects.map((object) => pg.escapeLiteral(`DROP ${object.replace(' ', ' IF EXISTS ')}`));
  await client.query(`DO $drop$
    DECLARE
      waiting text[] := ARRAY[${statements.join(', ')}];
      statement text;
      before int;
    BEGIN
      LOOP
        before := cardinality(waiting);
        FOREACH statement IN ARRAY waiting LOOP
          BEGIN
            EXECUTE statement;
            waiting := array_remove(waiting, statement);
          EXCEPTION WHEN dependent_objects_still_exist THEN
            -- The next round may succeed, when the objects that depend on it are gone.
          END;
        END LOOP;
        EXIT WHEN cardinality(waiting) IN (0, before);
      END LOOP;
      ${which === 'all' ? 'IF cardinality(waiting) > 0 THEN EXECUTE waiting[1]; END IF;' : ''}
    END $drop$`);
}
