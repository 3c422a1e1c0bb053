-- Erasing what need not be kept any more (DESIGN section 5). Two persons under two logins: one proposes, and what would go is
-- counted leaf by leaf; another confirms, and then it goes. The functions run as a role that nobody can log in as, and which
-- alone the log lets delete (registry.refuse_rewriting). Of an erased entry its leaf remains, without its salt.

-- Which entries, of some leaves in a row, had to be kept until before an instant. Never those that tell of erasures: the
-- proofs of all that is gone rest on them. What became of an answer is kept as long as a decision for it. And never what the
-- quorum of witnesses has not seen for as many years: by that alone can others tell that it was old enough. Of the checkpoints
-- of a day an export has the first that was witnessed; two days make up for clocks and leap days.
CREATE OR REPLACE FUNCTION seal.erasable(first bigint, beyond bigint, kept_before timestamptz)
  RETURNS TABLE (index bigint, entry uuid, entry_at timestamptz) LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
  WITH kept AS MATERIALIZED (
    SELECT l.index, l.entry, l.entry_at, e.answer, e.elapsed_ms IS NOT NULL AS is_outcome,
      coalesce(e.retention_years, 5::smallint) AS years,
      seal.kept_until(e.at, e.retention_years, g.id IS NOT NULL, g.ended_at) < kept_before AS is_over
    FROM seal.leaf l
    JOIN registry.entry e ON e.id = l.entry AND e.at = l.entry_at
    LEFT JOIN registry.intervention_group g ON g.id = e.group_id
    WHERE l.index >= first AND l.index < beyond AND e.name IS DISTINCT FROM 'eraseEntries'
  ), answer_kept AS MATERIALIZED (
    SELECT DISTINCT d.answer
    FROM registry.entry d LEFT JOIN registry.intervention_group g ON g.id = d.group_id
    WHERE d.at >= (SELECT min(k.entry_at) - interval '1 day' FROM kept k WHERE k.is_outcome AND k.is_over)
      AND d.at <= (SELECT max(k.entry_at) + interval '1 minute' FROM kept k WHERE k.is_outcome AND k.is_over)
      AND d.elapsed_ms IS NULL AND d.answer IS NOT NULL
      AND NOT seal.kept_until(d.at, d.retention_years, g.id IS NOT NULL, g.ended_at) < kept_before
  ), seen AS MATERIALIZED (
    SELECT DISTINCT ON (date_trunc('day', c.sealed_at)) c.size, c.witnessed_at
    FROM seal.checkpoint c JOIN seal.state s ON s.log = c.log
    ORDER BY date_trunc('day', c.sealed_at), c.witnessed_at IS NOT NULL DESC, c.size
  ), seen_for AS MATERIALIZED (
    SELECT y.years, (SELECT max(c.size) FROM seen c
      WHERE c.witnessed_at + make_interval(years => y.years, days => 2) <= statement_timestamp()) AS size
    FROM (SELECT DISTINCT k.years::int AS years FROM kept k WHERE k.is_over) y
  )
  SELECT k.index, k.entry, k.entry_at
  FROM kept k JOIN seen_for s ON s.years = k.years AND k.index < s.size
  WHERE k.is_over AND NOT (k.is_outcome AND EXISTS (SELECT FROM answer_kept a WHERE a.answer = k.answer))
$$;

-- Proposing and erasing are themselves entries.
CREATE OR REPLACE FUNCTION seal.note_erasure(name text, of seal.erasure, leaf_from bigint, leaf_until bigint, leaves int8multirange)
  RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO registry.entry (kind, permitted, request_id, operation_hash, caller, agency, roles, name, thing, ground,
    confirmed_by, leaf_from, leaf_until, leaves)
  SELECT 'CHANGE', true, gen_random_uuid(), encode(sha256(convert_to(note_erasure.name, 'UTF8')), 'hex'), of.proposed_by, a.id, 0,
    note_erasure.name, of.id, of.ground, of.confirmed_by, note_erasure.leaf_from, note_erasure.leaf_until, note_erasure.leaves
  FROM (VALUES (true)) AS once LEFT JOIN registry.agency a ON a.code = 'hub:samsyn'
$$;

CREATE OR REPLACE FUNCTION seal.propose_erasure(kept_before timestamptz, ground text, by text) RETURNS uuid LANGUAGE sql VOLATILE
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO seal.erasure (kept_before, ground, proposed_by) VALUES (kept_before, ground, by) RETURNING id
$$;

-- Looks at the next leaves for a proposal, and returns how many are still to be looked at. With the last of them the proposal
-- is counted, and an entry.
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
  WITH run AS (
    INSERT INTO seal.erasure_leaves (erasure, leaf_from, leaf_until)
    SELECT proposal, min(r.index), max(r.index) + 1
    FROM (SELECT x.index, x.index - row_number() OVER (ORDER BY x.index) AS run
      FROM seal.erasable(e.looked_until, beyond, e.kept_before) x) r
    -- In pieces that an erasure can take whole.
    GROUP BY r.run, r.index / 5000 RETURNING leaf_until - leaf_from AS entries
  ) SELECT coalesce(sum(run.entries), 0) INTO found FROM run;
  UPDATE seal.erasure SET looked_until = beyond, entries = entries + found,
    counted_at = CASE WHEN beyond = size THEN clock_timestamp() END WHERE id = proposal;
  IF beyond = size THEN
    PERFORM seal.note_erasure('proposeErasure', e, min(l.leaf_from), max(l.leaf_until), NULL)
      FROM seal.erasure_leaves l WHERE l.erasure = proposal;
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
      finished_at = CASE WHEN entries = 0 THEN clock_timestamp() END WHERE id = proposal;
  END IF;
END $$;

-- Erases the next entries of a confirmed erasure, with the entry that tells of it, and returns how many have gone so far: each
-- call is whole in itself, and the next goes on from there.
CREATE OR REPLACE FUNCTION seal.erase_next(proposal uuid, most int DEFAULT 5000) RETURNS bigint LANGUAGE plpgsql VOLATILE
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  e seal.erasure;
  going int8multirange;
  first bigint;
  beyond bigint;
  leaves bigint[];
  ids uuid[];
  times timestamptz[];
  gone bigint;
BEGIN
  SELECT * INTO e FROM seal.erasure WHERE id = proposal FOR UPDATE;
  IF e.confirmed_at IS NULL THEN
    RAISE EXCEPTION 'Nobody has confirmed this erasure.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT min(l.leaf_from) INTO first FROM seal.erasure_leaves l WHERE l.erasure = proposal;
  IF first IS NULL THEN
    RETURN e.erased;
  END IF;
  WITH next AS (
    DELETE FROM seal.erasure_leaves x USING (
      SELECT l.leaf_from, sum(l.leaf_until - l.leaf_from) OVER (ORDER BY l.leaf_from) - (l.leaf_until - l.leaf_from) AS before
      FROM seal.erasure_leaves l WHERE l.erasure = proposal AND l.leaf_from < first + 10 * most
    ) l
    WHERE x.erasure = proposal AND x.leaf_from = l.leaf_from AND l.before < most
    RETURNING x.leaf_from, x.leaf_until
  ) SELECT range_agg(int8range(n.leaf_from, n.leaf_until)), max(n.leaf_until) INTO going, beyond FROM next n;
  SELECT array_agg(x.index), array_agg(x.entry), array_agg(x.entry_at) INTO leaves, ids, times
    FROM seal.erasable(first, beyond, e.kept_before) x WHERE x.index <@ going;
  -- Another erasure may have taken some meanwhile. That an entry must be kept again cannot be.
  IF coalesce(cardinality(leaves), 0) <>
    (SELECT count(*) FROM seal.leaf l WHERE l.index >= first AND l.index < beyond AND l.index <@ going AND l.entry IS NOT NULL) THEN
    RAISE EXCEPTION 'Not everything in this erasure may be erased any more.'
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Find out why, and propose another one.';
  END IF;
  IF cardinality(leaves) > 0 THEN
    PERFORM registry.drop_sums(times);
    DELETE FROM registry.entry x USING unnest(ids, times) AS gone (id, at) WHERE x.id = gone.id AND x.at = gone.at;
    GET DIAGNOSTICS gone = ROW_COUNT;
    -- What the extract for the youth may tell of them is decided of nothing any more.
    DELETE FROM registry.telling t WHERE t.entry = ANY (ids);
    -- Of an alarm about one of them stays that it was raised; the hash of who it was about goes.
    UPDATE registry.alarm a SET occasion = a.id::text WHERE a.entry = ANY (ids);
    UPDATE seal.leaf SET entry = NULL, entry_at = NULL, salt = NULL WHERE index = ANY (leaves);
    SELECT range_agg(int8range(l, l + 1)) INTO going FROM unnest(leaves) l;
    PERFORM seal.note_erasure('eraseEntries', e, lower(going), upper(going),
      CASE WHEN going <> int8multirange(int8range(lower(going), upper(going))) THEN going END);
  END IF;
  UPDATE seal.erasure SET erased = erased + coalesce(gone, 0), finished_at = CASE
    WHEN NOT EXISTS (SELECT FROM seal.erasure_leaves l WHERE l.erasure = proposal) THEN clock_timestamp() END WHERE id = proposal;
  RETURN e.erased + coalesce(gone, 0);
END $$;

-- Drops partitions of past years in which nothing is left; returns their names.
CREATE OR REPLACE FUNCTION seal.drop_empty_partitions() RETURNS SETOF text LANGUAGE plpgsql VOLATILE
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
  this_year CONSTANT int := extract(year FROM clock_timestamp() AT TIME ZONE 'UTC');
  partition text;
  is_empty boolean;
BEGIN
  FOR partition IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'registry.entry'::regclass AND c.relname ~ '^entry_\d{4}$' AND substr(c.relname, 7)::int < this_year - 1
    ORDER BY 1
  LOOP
    EXECUTE format('SELECT NOT EXISTS (SELECT FROM registry.%I)', partition) INTO is_empty;
    IF is_empty THEN
      -- Nothing can come in between: who writes waits.
      EXECUTE format('LOCK TABLE registry.entry, registry.%I IN ACCESS EXCLUSIVE MODE', partition);
      EXECUTE format('SELECT NOT EXISTS (SELECT FROM registry.%I)', partition) INTO is_empty;
      IF is_empty THEN
        EXECUTE format('DROP TABLE registry.%I', partition);
        RETURN NEXT partition;
      END IF;
    END IF;
  END LOOP;
END $$;

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
