-- Erasing what need not be kept any more (DESIGN section 5). Two persons under two logins: one proposes, and what would go is
-- counted leaf by leaf; another confirms, and then it goes. The functions run as a role that nobody can log in as, and which
-- alone the log lets delete (registry.refuse_rewriting). Of an erased entry its leaf remains, without its salt.

-- Which parts, of some leaves in a row, had to be kept until before an instant. Never those of rows that tell of erasures: the
-- proofs of all that is gone rest on them. What became of an answer is kept as long as a decision for it. And never what the
-- quorum of witnesses has not seen for as many years: by that alone can others tell that it was old enough. Of the checkpoints
-- of a day an export has the first that was witnessed; two days make up for clocks and leap days.
CREATE OR REPLACE FUNCTION seal.erasable(first bigint, beyond bigint, kept_before timestamptz)
  RETURNS TABLE (index bigint, row_id uuid, row_at timestamptz, parts smallint[]) LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
  WITH sealed AS MATERIALIZED (
    SELECT l.index, r.id, r.at, r.answer_id, r.part_group, r.part_years, r.unit_part, r.part_from
    FROM seal.leaf l
    JOIN registry.log_row r ON r.id = l.row_id AND r.at = l.row_at
    WHERE l.index >= first AND l.index < beyond AND r.name IS DISTINCT FROM 'eraseEntries'
  ), over AS (
    SELECT s.index, s.id, s.at, part, coalesce(s.part_years[part], 5)::int AS years
    FROM sealed s
    CROSS JOIN LATERAL generate_series(1, cardinality(s.part_from) - 1) part
    LEFT JOIN registry.intervention_group g ON g.id = s.part_group[part]
    WHERE s.answer_id IS NULL AND s.unit_part[s.part_from[part]] IS NOT NULL
      AND seal.kept_until(s.at, s.part_years[part], g.id IS NOT NULL, g.ended_at) < kept_before
    UNION ALL
    SELECT s.index, s.id, s.at, a.part::int, 5
    FROM sealed s CROSS JOIN LATERAL unnest(s.answer_id) WITH ORDINALITY AS a (answer, part)
    WHERE a.answer IS NOT NULL AND seal.kept_until(s.at, 5::smallint, false, NULL) < kept_before AND NOT EXISTS (
      SELECT FROM registry.log_row d
      CROSS JOIN LATERAL generate_series(1, cardinality(d.part_from) - 1) part
      LEFT JOIN registry.intervention_group g ON g.id = d.part_group[part]
      WHERE d.answer = a.answer AND d.at <= s.at + interval '1 minute' AND d.at >= s.at - interval '1 day'
        AND d.unit_part[d.part_from[part]] IS NOT NULL
        AND NOT seal.kept_until(d.at, d.part_years[part], g.id IS NOT NULL, g.ended_at) < kept_before
    )
  ), seen AS MATERIALIZED (
    SELECT DISTINCT ON (date_trunc('day', c.sealed_at)) c.size, c.witnessed_at
    FROM seal.checkpoint c JOIN seal.state s ON s.log = c.log
    ORDER BY date_trunc('day', c.sealed_at), c.witnessed_at IS NOT NULL DESC, c.size
  ), seen_for AS MATERIALIZED (
    SELECT y.years, (SELECT max(c.size) FROM seen c
      WHERE c.witnessed_at + make_interval(years => y.years, days => 2) <= statement_timestamp()) AS size
    FROM (SELECT DISTINCT o.years FROM over o) y
  )
  SELECT o.index, o.id, o.at, array_agg(o.part::smallint ORDER BY o.part)
  FROM over o JOIN seen_for s ON s.years = o.years AND o.index < s.size
  GROUP BY o.index, o.id, o.at
$$;

-- The places of parts of a leaf, as the log tells of them: leaf * 65536 + part.
CREATE OR REPLACE FUNCTION seal.places_of(leaf bigint, parts smallint[]) RETURNS int8multirange LANGUAGE sql IMMUTABLE AS $$
  SELECT range_agg(int8range(leaf * 65536 + p, leaf * 65536 + p + 1)) FROM unnest(parts) p
$$;

-- An array with nulls at these places.
CREATE OR REPLACE FUNCTION seal.without(of anyarray, places int[]) RETURNS anyarray LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN of IS NOT NULL THEN ARRAY(
    SELECT CASE WHEN NOT n = ANY (places) THEN v END FROM unnest(of) WITH ORDINALITY AS e (v, n) ORDER BY n
  ) END
$$;

-- Proposing and seal.erasing are themselves rows of the log.
CREATE OR REPLACE FUNCTION seal.note_erasure(name text, of seal.erasure, leaf_from bigint, leaf_until bigint, erased int8multirange)
  RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO registry.log_row (kind, request_id, operation_hash, caller, agency, roles, name, ground, confirmed_by, leaf_from,
    leaf_until, erased_parts, part_from, unit_part, unit_permitted, unit_thing)
  SELECT 'CHANGE', gen_random_uuid(), encode(sha256(convert_to(note_erasure.name, 'UTF8')), 'hex'), of.proposed_by, a.id, 0,
    note_erasure.name, of.ground, of.confirmed_by, note_erasure.leaf_from, note_erasure.leaf_until, erased,
    '{1,2}', '{1}', '{true}', ARRAY[of.id]
  FROM (VALUES (true)) AS once LEFT JOIN registry.agency a ON a.code = 'hub:samsyn'
$$;

CREATE OR REPLACE FUNCTION seal.propose_erasure(kept_before timestamptz, ground text, by text) RETURNS uuid LANGUAGE sql VOLATILE
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO seal.erasure (kept_before, ground, proposed_by) VALUES (kept_before, ground, by) RETURNING id
$$;

-- Looks at the next leaves for a proposal, and returns how many are still to be looked at. With the last of them the proposal
-- is counted, and a row of the log.
CREATE OR REPLACE FUNCTION seal.count_erasure(proposal uuid, most int DEFAULT 20000) RETURNS bigint LANGUAGE plpgsql VOLATILE
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  e seal.erasure;
  size CONSTANT bigint := (SELECT s.size FROM seal.state s);
  beyond bigint;
  found bigint;
BEGIN
  SELECT * INTO e FROM seal.erasure WHERE id = proposal FOR UPDATE;
  IF e.id IS NULL OR e.counted_at IS NOT NULL THEN
    RAISE EXCEPTION 'There is no such proposal to count.' USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  beyond := least(e.looked_until + most, size);
  WITH going AS (
    INSERT INTO seal.erasure_parts (erasure, leaf, parts)
    SELECT proposal, x.index, x.parts FROM seal.erasable(e.looked_until, beyond, e.kept_before) x
    RETURNING cardinality(parts) AS parts
  ) SELECT coalesce(sum(going.parts), 0) INTO found FROM going;
  UPDATE seal.erasure SET looked_until = beyond, parts = parts + found,
    counted_at = CASE WHEN beyond = size THEN clock_timestamp() END WHERE id = proposal;
  IF beyond = size THEN
    PERFORM seal.note_erasure('proposeErasure', e, min(p.leaf), max(p.leaf) + 1, NULL)
      FROM seal.erasure_parts p WHERE p.erasure = proposal;
  END IF;
  RETURN size - beyond;
END $$;

-- The second person's. Confirming again what one has confirmed oneself changes nothing.
CREATE OR REPLACE FUNCTION seal.confirm_erasure(proposal uuid, by text) RETURNS void LANGUAGE plpgsql VOLATILE
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  e seal.erasure;
BEGIN
  SELECT * INTO e FROM seal.erasure WHERE id = proposal FOR UPDATE;
  IF e.id IS NULL OR e.counted_at IS NULL OR e.confirmed_by <> by THEN
    RAISE EXCEPTION 'There is no such proposal to confirm.'
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'It must be counted, and nobody else may have confirmed it.';
  END IF;
  IF lower(btrim(by)) = lower(btrim(e.proposed_by)) THEN
    RAISE EXCEPTION 'Who proposed an erasure does not confirm it.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF e.confirmed_by IS NULL THEN
    UPDATE seal.erasure SET confirmed_by = by, confirmed_at = clock_timestamp(),
      finished_at = CASE WHEN parts = 0 THEN clock_timestamp() END WHERE id = proposal;
  END IF;
END $$;

-- Erases the next parts of a confirmed erasure, with the row that tells of it, and returns how many have gone so far: each call is
-- whole in itself, and the next goes on from there. A row goes when its last part goes.
CREATE OR REPLACE FUNCTION seal.erase_next(proposal uuid, most int DEFAULT 2000) RETURNS bigint LANGUAGE plpgsql VOLATILE
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  e seal.erasure;
  leaves bigint[];
  gone bigint;
  units uuid[];
  erased int8multirange;
BEGIN
  SELECT * INTO e FROM seal.erasure WHERE id = proposal FOR UPDATE;
  IF e.confirmed_at IS NULL THEN
    RAISE EXCEPTION 'Nobody has confirmed this erasure.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- One at a time.
  LOCK TABLE seal.erasing IN EXCLUSIVE MODE;
  WITH next AS (
    DELETE FROM seal.erasure_parts x USING (
      SELECT p.leaf FROM seal.erasure_parts p WHERE p.erasure = proposal ORDER BY p.leaf LIMIT most
    ) n WHERE x.erasure = proposal AND x.leaf = n.leaf RETURNING x.leaf, x.parts
  ) INSERT INTO seal.erasing (leaf, parts) SELECT n.leaf, n.parts FROM next n;
  -- Another erasure may have taken some meanwhile. That a part must be kept again cannot be.
  UPDATE seal.erasing g SET row_id = l.row_id, row_at = l.row_at FROM seal.leaf l WHERE l.index = g.leaf;
  DELETE FROM seal.erasing WHERE row_id IS NULL;
  SELECT array_agg(leaf) INTO leaves FROM seal.erasing;
  IF leaves IS NULL THEN
    UPDATE seal.erasure SET finished_at = CASE
      WHEN NOT EXISTS (SELECT FROM seal.erasure_parts p WHERE p.erasure = proposal) THEN clock_timestamp() END WHERE id = proposal;
    RETURN e.erased;
  END IF;
  UPDATE seal.erasing g SET
    parts = ARRAY(SELECT p FROM unnest(g.parts) p WHERE coalesce(r.unit_part[r.part_from[p]] IS NOT NULL, false) OR r.answer_id[p] IS NOT NULL),
    units = ARRAY(SELECT u.n::int FROM unnest(r.unit_part) WITH ORDINALITY AS u (p, n) WHERE u.p = ANY (g.parts)),
    is_whole = NOT EXISTS (
      SELECT FROM generate_series(1, cardinality(r.part_from) - 1) p
      WHERE (r.unit_part[r.part_from[p]] IS NOT NULL OR r.answer_id[p] IS NOT NULL) AND NOT p::smallint = ANY (g.parts))
  FROM registry.log_row r WHERE r.id = g.row_id AND r.at = g.row_at;
  DELETE FROM seal.erasing WHERE cardinality(parts) = 0;
  IF EXISTS (
    SELECT FROM seal.erasing g WHERE NOT EXISTS (
      SELECT FROM seal.erasable((SELECT min(leaf) FROM seal.erasing), (SELECT max(leaf) + 1 FROM seal.erasing), e.kept_before) x
      WHERE x.index = g.leaf AND g.parts <@ x.parts)
  ) THEN
    RAISE EXCEPTION 'Not everything in this erasure may be erased any more.'
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Find out why, and propose another one.';
  END IF;
  gone := (SELECT coalesce(sum(cardinality(g.parts)), 0) FROM seal.erasing g);
  units := ARRAY(SELECT registry.unit_id(g.row_id, n) FROM seal.erasing g CROSS JOIN LATERAL unnest(g.units) n);
  erased := (SELECT range_agg(CASE WHEN g.is_whole THEN int8multirange(int8range(g.leaf * 65536, (g.leaf + 1) * 65536))
    ELSE seal.places_of(g.leaf, g.parts) END) FROM seal.erasing g);
  IF gone > 0 THEN
    PERFORM registry.drop_sums((SELECT array_agg(g.row_at) FROM seal.erasing g));
    DELETE FROM registry.log_row r USING seal.erasing g WHERE g.is_whole AND r.id = g.row_id AND r.at = g.row_at;
    UPDATE seal.leaf l SET row_id = NULL, row_at = NULL, salts = NULL FROM seal.erasing g WHERE g.is_whole AND l.index = g.leaf;
    UPDATE registry.log_row r SET
      part_youth = seal.without(r.part_youth, g.parts), part_group = seal.without(r.part_group, g.parts),
      part_programme = seal.without(r.part_programme, g.parts), part_consent = seal.without(r.part_consent, g.parts),
      part_version = seal.without(r.part_version, g.parts), part_protected = seal.without(r.part_protected, g.parts),
      part_assigned = seal.without(r.part_assigned, g.parts), part_years = seal.without(r.part_years, g.parts),
      unit_part = seal.without(r.unit_part, g.units), unit_kind = seal.without(r.unit_kind, g.units),
      unit_source = seal.without(r.unit_source, g.units), unit_reason = seal.without(r.unit_reason, g.units),
      unit_permitted = seal.without(r.unit_permitted, g.units), unit_grant = seal.without(r.unit_grant, g.units),
      unit_thing = seal.without(r.unit_thing, g.units),
      answer_id = seal.without(r.answer_id, g.parts), answer_why = seal.without(r.answer_why, g.parts),
      answer_elapsed_ms = seal.without(r.answer_elapsed_ms, g.parts),
      answer_records = seal.without(r.answer_records, g.parts), marks = NULL
    FROM (SELECT row_id, row_at, parts::int[] AS parts, units FROM seal.erasing WHERE NOT is_whole) g
    WHERE r.id = g.row_id AND r.at = g.row_at;
    UPDATE registry.log_row r SET marks = registry.marks_of(r)
    FROM seal.erasing g WHERE NOT g.is_whole AND r.id = g.row_id AND r.at = g.row_at;
    UPDATE seal.leaf l SET salts = (
      SELECT string_agg(CASE WHEN p::smallint = ANY (g.parts) THEN decode(repeat('00', 16), 'hex')
        ELSE substr(l.salts, p * 16 + 1, 16) END, '' ORDER BY p) FROM generate_series(0, octet_length(l.salts) / 16 - 1) p)
    FROM seal.erasing g WHERE NOT g.is_whole AND l.index = g.leaf;
    -- What the extract for the youth may tell of them is decided of nothing any more.
    DELETE FROM registry.telling t WHERE t.entry = ANY (units);
    -- Of an alarm about one of them stays that it was raised; the hash of who it was about goes.
    UPDATE registry.alarm a SET occasion = a.id::text WHERE a.entry = ANY (units);
    PERFORM seal.note_erasure('eraseEntries', e, (SELECT min(leaf) FROM seal.erasing), (SELECT max(leaf) + 1 FROM seal.erasing), erased);
  END IF;
  DELETE FROM seal.erasing;
  UPDATE seal.erasure SET erased = erased + gone, finished_at = CASE
    WHEN NOT EXISTS (SELECT FROM seal.erasure_parts p WHERE p.erasure = proposal) THEN clock_timestamp() END WHERE id = proposal;
  RETURN e.erased + gone;
END $$;

-- Drops partitions of months that are over in which nothing is left; returns their names.
CREATE OR REPLACE FUNCTION seal.drop_empty_partitions() RETURNS SETOF text LANGUAGE plpgsql VOLATILE
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
  this_month CONSTANT text := to_char(clock_timestamp() AT TIME ZONE 'UTC' - interval '2 months', 'YYYY_MM');
  partition text;
  is_empty boolean;
BEGIN
  FOR partition IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'registry.log_row'::regclass AND c.relname ~ '^log_row_\d{4}_\d{2}$' AND substr(c.relname, 9) < this_month
    ORDER BY 1
  LOOP
    EXECUTE format('SELECT NOT EXISTS (SELECT FROM registry.%I)', partition) INTO is_empty;
    IF is_empty THEN
      -- Nothing can come in between: who writes waits.
      EXECUTE format('LOCK TABLE registry.log_row, registry.%I IN ACCESS EXCLUSIVE MODE', partition);
      EXECUTE format('SELECT NOT EXISTS (SELECT FROM registry.%I)', partition) INTO is_empty;
      IF is_empty THEN
        EXECUTE format('DROP TABLE registry.%I', partition);
        RETURN NEXT partition;
      END IF;
    END IF;
  END LOOP;
END $$;

GRANT EXECUTE ON FUNCTION seal.places_of, seal.without, registry.marks_of TO samsyn_erasure;
-- Neither can do the other's part.
GRANT EXECUTE ON FUNCTION seal.propose_erasure, seal.count_erasure TO samsyn_eraser;
GRANT EXECUTE ON FUNCTION seal.confirm_erasure, seal.erase_next, seal.drop_empty_partitions TO samsyn_erasure_confirmer;

-- From here on they are its own. To drop a partition takes the log's owner.
GRANT CREATE ON SCHEMA seal TO samsyn_erasure;
ALTER FUNCTION seal.erasable OWNER TO samsyn_erasure;
ALTER FUNCTION seal.note_erasure OWNER TO samsyn_erasure;
ALTER FUNCTION seal.propose_erasure OWNER TO samsyn_erasure;
ALTER FUNCTION seal.count_erasure OWNER TO samsyn_erasure;
ALTER FUNCTION seal.confirm_erasure OWNER TO samsyn_erasure;
ALTER FUNCTION seal.erase_next OWNER TO samsyn_erasure;
REVOKE CREATE ON SCHEMA seal FROM samsyn_erasure;
