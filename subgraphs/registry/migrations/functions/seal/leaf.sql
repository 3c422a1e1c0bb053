-- What a leaf commits to, as the sealer makes it of many rows at once: the same texts that schema/log/leaf.ts makes of one
-- (RFC 8785: names in order, no spaces, nothing that is null). Whoever verifies the log makes them there. A column that is
-- added later stands in its place here, and is null in older rows, which leaves their seals as they are.

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

-- The text of a row's header. Instants are in the session's time zone, which is UTC where the log is sealed. PostgreSQL puts the
-- body in place of the call, so that a row costs no call.
CREATE OR REPLACE FUNCTION seal.header_text(r registry.log_row) RETURNS text LANGUAGE sql STABLE
RETURN concat(
  '{', '"action":' || (r).action || ',', '"actor":' || to_json((r).actor) || ',', '"agency":' || (r).agency || ',',
  '"answer":"' || (r).answer || '",', '"at":', to_json((r).at),
  ',"caller":' || to_json((r).caller), ',"confirmed_by":' || to_json((r).confirmed_by),
  ',"erased_parts":"' || (r).erased_parts || '"', ',"ground":' || to_json((r).ground), ',"id":"', (r).id, '","incarnation":',
  (r).incarnation, ',"kind":"', (r).kind, '"',
  ',"kind_category":' || to_json((r).kind_category), ',"kind_fields":' || to_json((r).kind_fields),
  ',"kind_whereabouts":' || to_json((r).kind_whereabouts),
  ',"leaf_from":' || (r).leaf_from, ',"leaf_until":' || (r).leaf_until, ',"name":' || to_json((r).name),
  ',"operation_hash":' || to_json((r).operation_hash), ',"operation_name":' || to_json((r).operation_name),
  ',"request_id":"' || (r).request_id || '"', ',"roles":' || (r).roles, ',"unknown_agency":' || to_json((r).unknown_agency),
  ',"xid":"', (r).xid, '"}'
);

-- The text of a part: what is said of its youth, and of its units, one after the other, from number `first` on. Of what became
-- of answers, the answer. Most parts of a call about many have one unit, for which no array is made. It takes the columns and
-- not the row: where a statement makes many, PostgreSQL would otherwise look each of them up in the row again and again.
CREATE OR REPLACE FUNCTION seal.part_text(part int, first int, units int, part_youth uuid[], part_group uuid[], part_programme uuid[],
  part_consent uuid[], part_version int[], part_protected boolean[], part_assigned boolean[], part_years smallint[],
  unit_kind smallint[], unit_source int[], unit_reason registry.reason[], unit_permitted boolean[], unit_grant uuid[],
  unit_thing uuid[], answer_id uuid[], answer_why text[], answer_elapsed_ms int[], answer_records jsonb[]
) RETURNS text LANGUAGE sql STABLE
RETURN CASE WHEN answer_id IS NULL THEN
  CASE part_assigned[part] WHEN true THEN '{"assigned":true,' WHEN false THEN '{"assigned":false,' ELSE '{' END
  || coalesce('"consent":"' || part_consent[part] || '",', '') || '"first":' || first
  || CASE WHEN unit_grant IS NULL THEN '' WHEN units = 1
    THEN coalesce(',"grants":["' || unit_grant[first] || '"]', ',"grants":[null]')
    ELSE coalesce(',"grants":' || to_json(unit_grant[first:first + units - 1]), '') END
  || coalesce(',"group":"' || part_group[part] || '"', '')
  || CASE WHEN unit_kind IS NULL THEN '' WHEN units = 1
    THEN coalesce(',"kinds":[' || unit_kind[first] || ']', ',"kinds":[null]')
    ELSE coalesce(',"kinds":' || to_json(unit_kind[first:first + units - 1]), '') END
  || CASE WHEN unit_permitted IS NULL THEN '' WHEN units = 1
    THEN coalesce(',"permitted":[' || unit_permitted[first] || ']', ',"permitted":[null]')
    ELSE coalesce(',"permitted":' || to_json(unit_permitted[first:first + units - 1]), '') END
  || coalesce(',"programme":"' || part_programme[part] || '"', '')
  || CASE part_protected[part] WHEN true THEN ',"protected":true' WHEN false THEN ',"protected":false' ELSE '' END
  || CASE WHEN unit_reason IS NULL THEN '' WHEN units = 1
    THEN coalesce(',"reasons":["' || unit_reason[first] || '"]', ',"reasons":[null]')
    ELSE coalesce(',"reasons":' || to_json(unit_reason[first:first + units - 1]), '') END
  || coalesce(',"retention_years":' || part_years[part], '')
  || CASE WHEN unit_source IS NULL THEN '' WHEN units = 1
    THEN coalesce(',"sources":[' || unit_source[first] || ']', ',"sources":[null]')
    ELSE coalesce(',"sources":' || to_json(unit_source[first:first + units - 1]), '') END
  || CASE WHEN unit_thing IS NULL THEN '' WHEN units = 1
    THEN coalesce(',"things":["' || unit_thing[first] || '"]', ',"things":[null]')
    ELSE coalesce(',"things":' || to_json(unit_thing[first:first + units - 1]), '') END
  || coalesce(',"version":' || part_version[part], '') || coalesce(',"youth":"' || part_youth[part] || '"}', '}')
ELSE concat(
  '{"answer":"', answer_id[part], '"', ',"elapsed_ms":' || answer_elapsed_ms[part],
  ',"records":' || seal.canonical(answer_records[part]), ',"why":' || to_json(answer_why[part]), '}'
) END;

-- A text's bytes, which are UTF-8 in every database of the hub: convert_to looks its encoding up by name each time, which takes
-- longer than the hash.
CREATE OR REPLACE FUNCTION seal.bytes_of(text text) RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN decode(replace(text, '\', '\\'), 'escape');

-- The content of a leaf (leafOf of leaf.ts): version 2, the commitment to the header, how many parts, and a hash of each.
CREATE OR REPLACE FUNCTION seal.leaf_content(header text, header_salt bytea, parts int, hashes bytea) RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN '\x02'::bytea || sha256(header_salt || seal.bytes_of(header)) || int4send(parts) || coalesce(hashes, '');

-- The hash of a part (hashOfPart of leaf.ts).
CREATE OR REPLACE FUNCTION seal.part_hash(salt bytea, part int, text text) RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN sha256(salt || int4send(part) || seal.bytes_of(text));

-- A row's texts as its leaf commits to them, whatever the time zone of who reads it; of a part that is erased null.
CREATE OR REPLACE FUNCTION seal.texts_of(r registry.log_row) RETURNS TABLE (header text, parts text[]) LANGUAGE sql STABLE
  SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
  SELECT seal.header_text(r), ARRAY(
    SELECT CASE WHEN r.answer_id[p] IS NOT NULL OR r.unit_part[r.part_from[p]] IS NOT NULL THEN
      seal.part_text(p, r.part_from[p], r.part_from[p + 1] - r.part_from[p], r.part_youth, r.part_group, r.part_programme, r.part_consent, r.part_version, r.part_protected,
        r.part_assigned, r.part_years, r.unit_kind, r.unit_source, r.unit_reason, r.unit_permitted, r.unit_grant, r.unit_thing,
        r.answer_id, r.answer_why, r.answer_elapsed_ms, r.answer_records) END
    FROM generate_series(1, cardinality(r.part_from) - 1) p ORDER BY p)
$$;

GRANT EXECUTE ON FUNCTION seal.header_text, seal.part_text, seal.bytes_of, seal.canonical, seal.leaf_content, seal.part_hash, seal.texts_of
  TO samsyn_sealer, samsyn_registry, samsyn_auditor, samsyn_erasure;
