import pg from 'pg';

/** Rights on an object, also those that its kind has by default: who has which, from whom. */
const rights = (acl: string, kind: string, owner: string) => `(
  SELECT string_agg(r.grantee || '=' || r.which || '/' || r.grantor, ' ' ORDER BY r.grantee, r.grantor)
  FROM (
    SELECT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END AS grantee, g.grantor::regrole::text AS grantor,
      string_agg(g.privilege_type || CASE WHEN g.is_grantable THEN '*' ELSE '' END, ',' ORDER BY g.privilege_type) AS which
    FROM aclexplode(coalesce(${acl}, acldefault('${kind}', ${owner}))) g GROUP BY g.grantee, g.grantor
  ) r)`;

/** Schemas that are the project's own. */
const OWN = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

/** What a database consists of: for each kind of object a query of rows with its name and all that is said of it. */
const QUERIES: Readonly<Record<string, string>> = {
  database: `SELECT '' AS name, jsonb_build_array(d.datdba::regrole, pg_encoding_to_char(d.encoding), d.datlocprovider, d.datlocale,
      d.datcollate, d.datctype, d.datconnlimit, ${rights('d.datacl', 'd', 'd.datdba')}) AS said
    FROM pg_database d WHERE d.datname = current_database()`,
  setting: `SELECT concat_ws(' in ', CASE s.setrole WHEN 0 THEN 'everybody' ELSE s.setrole::regrole::text END,
      (SELECT 'this' FROM pg_database d WHERE d.oid = s.setdatabase)) AS name,
      (SELECT jsonb_agg(c ORDER BY c) FROM unnest(s.setconfig) c) AS said
    FROM pg_db_role_setting s
    WHERE s.setdatabase IN (0, (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))`,
  role: `SELECT r.rolname AS name, jsonb_build_array(r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin,
      r.rolreplication, r.rolbypassrls, r.rolconnlimit, r.rolvaliduntil) AS said
    FROM pg_roles r WHERE r.rolname !~ '^pg_'`,
  membership: `SELECT format('%s in %s', m.member::regrole, m.roleid::regrole) AS name,
      jsonb_build_array(m.admin_option, m.inherit_option, m.set_option, m.grantor::regrole) AS said
    FROM pg_auth_members m WHERE m.member >= 16384`,
  schema: `SELECT n.nspname AS name, jsonb_build_array(n.nspowner::regrole, ${rights('n.nspacl', 'n', 'n.nspowner')}) AS said
    FROM pg_namespace n WHERE ${OWN}`,
  extension: 'SELECT e.extname AS name, jsonb_build_array(e.extversion) AS said FROM pg_extension e',
  'default right': `SELECT concat_ws(' ', d.defaclrole::regrole, d.defaclobjtype,
        CASE d.defaclnamespace WHEN 0 THEN 'anywhere' ELSE d.defaclnamespace::regnamespace::text END) AS name,
      (SELECT jsonb_agg(format('%s=%s', CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END,
        g.privilege_type) ORDER BY g.grantee::regrole::text, g.privilege_type) FROM aclexplode(d.defaclacl) g) AS said
    FROM pg_default_acl d`,
  type: `SELECT format('%I.%I', n.nspname, t.typname) AS name, jsonb_build_array(t.typtype, t.typowner::regrole,
      (SELECT string_agg(e.enumlabel, ' ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
      t.typbasetype::regtype, t.typnotnull, t.typdefault, ${rights('t.typacl', 'T', 't.typowner')}) AS said
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE ${OWN} AND t.typtype <> 'c' AND t.typelem = 0`,
  relation: `SELECT format('%I.%I', n.nspname, c.relname) AS name, jsonb_build_array(c.relkind, c.relpersistence,
      c.relowner::regrole, c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.reloptions, c.reltablespace,
      CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END,
      (SELECT i.inhparent::regclass FROM pg_inherits i WHERE i.inhrelid = c.oid AND c.relkind IN ('r', 'p')),
      pg_get_expr(c.relpartbound, c.oid), CASE c.relkind WHEN 'v' THEN pg_get_viewdef(c.oid) END,
      ${rights('c.relacl', 'r', 'c.relowner')}) AS said
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OWN} AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')`,
  column: `SELECT format('%I.%I.%I', n.nspname, c.relname, a.attname) AS name, jsonb_build_array(
      row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), format_type(a.atttypid, a.atttypmod), a.attnotnull,
      pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attcollation::regcollation, a.attstorage, a.attcompression,
      a.attstattarget, a.attoptions, a.attislocal, a.attinhcount, ${rights('a.attacl', 'c', 'c.relowner')}) AS said
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE ${OWN} AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND a.attnum > 0 AND NOT a.attisdropped`,
  constraint: `SELECT format('%s on %s', quote_ident(k.conname), coalesce(nullif(k.conrelid, 0)::regclass::text, k.contypid::regtype::text))
      AS name, jsonb_build_array(k.contype, pg_get_constraintdef(k.oid), k.condeferrable, k.condeferred, k.convalidated,
      k.conenforced, k.conislocal, k.coninhcount, k.connoinherit) AS said
    FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE ${OWN}`,
  index: `SELECT i.indexrelid::regclass::text AS name, jsonb_build_array(pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisready,
      i.indisclustered, i.indisreplident, i.indnullsnotdistinct, c.relowner::regrole, c.reloptions,
      (SELECT h.inhparent::regclass FROM pg_inherits h WHERE h.inhrelid = c.oid)) AS said
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OWN}`,
  sequence: `SELECT format('%I.%I', n.nspname, c.relname) AS name, jsonb_build_array(c.relowner::regrole, s.seqtypid::regtype,
      s.seqstart, s.seqincrement, s.seqmin::text, s.seqmax::text, s.seqcache, s.seqcycle,
      (SELECT concat_ws('.', d.refobjid::regclass, a.attname) FROM pg_depend d
       JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
       WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')),
      ${rights('c.relacl', 's', 'c.relowner')}) AS said
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OWN}`,
  trigger: `SELECT format('%s on %s', quote_ident(t.tgname), t.tgrelid::regclass) AS name,
      jsonb_build_array(pg_get_triggerdef(t.oid), t.tgenabled, t.tgparentid <> 0) AS said
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${OWN} AND NOT t.tgisinternal`,
  rule: `SELECT format('%s on %s', quote_ident(r.rulename), r.ev_class::regclass) AS name, jsonb_build_array(pg_get_ruledef(r.oid)) AS said
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${OWN} AND r.rulename <> '_RETURN'`,
  policy: `SELECT format('%s on %s', quote_ident(p.polname), p.polrelid::regclass) AS name, jsonb_build_array(p.polcmd,
      p.polpermissive, p.polroles::regrole[], pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) AS said
    FROM pg_policy p`,
  function: `SELECT p.oid::regprocedure::text AS name, jsonb_build_array(p.proowner::regrole, p.proleakproof,
      ${rights('p.proacl', 'f', 'p.proowner')}, pg_get_functiondef(p.oid)) AS said
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${OWN} AND p.prokind IN ('f', 'p')`,
};

/**
 * All that a database consists of besides its rows, one text for each object, in an order that is always the same: two
 * databases with equal catalogues are made alike. Takes a superuser's URL of the database. The months of the log's
 * partitions are counted from the present one.
 */
export async function catalogueOf(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("SET search_path = pg_catalog; SET timezone = 'UTC'; SET intervalstyle = 'postgres'");
    const found: string[] = [];
    for (const [kind, query] of Object.entries(QUERIES)) {
      const { rows } = await client.query<{ name: string; said: unknown[] }>(query);
      found.push(
        ...rows
          .map(({ name, said }) => relativePeriods(`${kind} ${name}: ${said.map((each) => each ?? '-').join(' | ')}`))
          .sort(),
      );
    }
    return found;
  } finally {
    await client.end();
  }
}

/** A partition of the log is made for this month and each of the next three, whichever these are; release 0.1.0 had years. */
function relativePeriods(object: string): string {
  const now = new Date();
  if (/\bentry_\d{4}\b/.test(object)) {
    return object.replace(/(?<=entry_|')\d{4}(?=\b|_|-)/g, (year) => `{year+${Number(year) - now.getUTCFullYear()}}`);
  }
  if (!/\blog_row_\d{4}_\d{2}/.test(object)) return object;
  const thisMonth = now.getUTCFullYear() * 12 + now.getUTCMonth() + 1;
  return object.replace(
    /(?<=log_row_|')(\d{4})[_-](\d{2})/g,
    (_, year, month) => `{month+${Number(year) * 12 + Number(month) - thisMonth}}`,
  );
}
