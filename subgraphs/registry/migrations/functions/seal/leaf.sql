-- What a leaf commits to, as the sealer makes it of many entries at once: the same text that schema/log/leaf.ts makes of one
-- (RFC 8785: names in order, no spaces, nothing that is null). Whoever verifies the log makes it there.

-- A JSON value as that text has it. PostgreSQL keeps the names of an object in another order, and zeros behind a number.
CREATE OR REPLACE FUNCTION seal.canonical(value jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN CASE jsonb_typeof(value)
    WHEN 'object' THEN '{' || coalesce((
      SELECT string_agg(to_json(m.key)::text || ':' || seal.canonical(m.value), ',' ORDER BY m.key COLLATE "C")
      FROM jsonb_each(value) m), '') || '}'
    WHEN 'array' THEN '[' || coalesce((
      SELECT string_agg(seal.canonical(m.value), ',' ORDER BY m.place)
      FROM jsonb_array_elements(value) WITH ORDINALITY m (value, place)), '') || ']'
    WHEN 'number' THEN trim_scale(value::numeric)::text
    ELSE value::text
  END;
END $$;

-- Makes seal.text(entry), the text of an entry, out of the log's columns as they are: a migration that adds one calls it
-- again. PostgreSQL puts the body in place of the call, so that a row costs no call, and no JSON of all its columns. Instants
-- are told in the session's time zone, which is UTC where the log is sealed.
CREATE OR REPLACE FUNCTION seal.define_text() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  -- The first column that is never null: behind it the commas stand in front.
  pivot CONSTANT text := (SELECT min(a.attname COLLATE "C") FROM pg_attribute a
    WHERE a.attrelid = 'registry.entry'::regclass AND a.attnum > 0 AND a.attnotnull AND NOT a.attisdropped);
BEGIN
  EXECUTE (
    SELECT format('CREATE OR REPLACE FUNCTION seal.text(entry registry.entry) RETURNS text LANGUAGE sql STABLE
      RETURN concat(''{'', %s, ''}'')', string_agg(concat(
        format('%L || ', CASE WHEN c.name > pivot THEN ',' ELSE '' END || to_json(c.name) || ':'), c.value,
        CASE WHEN c.name < pivot THEN $comma$ || ','$comma$ END
      ), ', ' ORDER BY c.name))
    FROM (
      SELECT a.attname::text COLLATE "C" AS name, format(CASE
          WHEN a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'bool'::regtype) THEN '(entry).%I::text'
          WHEN a.atttypid = 'jsonb'::regtype THEN 'seal.canonical((entry).%I)'
          WHEN a.atttypid IN ('uuid'::regtype, 'xid8'::regtype) THEN $quoted$'"' || (entry).%I::text || '"'$quoted$
          ELSE 'to_json((entry).%I)::text'
        END, a.attname) AS value
      FROM pg_attribute a WHERE a.attrelid = 'registry.entry'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ) c
  );
END $$;

SELECT seal.define_text();

-- The content of the leaf of an entry (leafOf of leaf.ts): version 1, outcome, commitment.
CREATE OR REPLACE FUNCTION seal.leaf_of(permitted boolean, salt bytea, text text) RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN CASE WHEN permitted THEN '\x0101'::bytea ELSE '\x0100'::bytea END || sha256(salt || convert_to(text, 'UTF8'));

GRANT EXECUTE ON FUNCTION seal.text, seal.canonical, seal.leaf_of TO samsyn_sealer;
