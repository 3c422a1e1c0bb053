-- The rule (DESIGN section 2), C1 to C8, C16 and C18. One call decides every unit (youth, category, whereabouts or not,
-- source agency) of many requests, writes their entries and returns the permitted ones, in one statement: so that a
-- decision is durable before anybody learns of it (C13). The sector is whoever is logged in, never an argument.

-- C2: a sector that asks for a category that it has not declared gets no answer at all.
CREATE OR REPLACE FUNCTION registry.refuse_category() RETURNS smallint LANGUAGE plpgsql STABLE AS $$
BEGIN
  RAISE EXCEPTION 'A sector asks for its own declared categories only.'
    USING ERRCODE = 'insufficient_privilege', HINT = 'Run the migrations of this release: they declare the categories.';
END $$;

CREATE OR REPLACE FUNCTION registry.authorize(
  request_ids uuid[], subjects text[],
  actors text[], -- the system that acts for the subject, or null
  agencies text[],
  role_masks int[], -- sum of 1 COORDINATOR, 2 MENTOR, 4 CASEWORKER, 8 SYSTEM, 16 MANAGER, 32 AUDITOR
  actions smallint[], -- 1 READ, 2 WRITE, 3 LINK, 4 MANAGE
  operation_hashes text[], operation_names text[],
  -- The kinds that each request asks for. A request is numbered by its place in the arrays above, from 1. LINK and MANAGE name none.
  kind_requests int[], kind_categories text[], kind_whereabouts boolean[], kind_fields text[],
  -- The youths that each request asks about, whether the sector's own database assigns the youth to the caller, and which of the
  -- request's kinds are asked of the youth: the bit n - 1 is the n-th kind.
  youth_requests int[], youth_ids uuid[], youth_assigned boolean[], youth_kinds bigint[],
  -- The answer that each request's decision is for, and what became of earlier answers (note_outcomes).
  answers uuid[] DEFAULT '{}', outcomes jsonb DEFAULT '[]'
) RETURNS TABLE (
  request int, youth uuid, category text, whereabouts boolean, source text,
  data_from date, data_to date, permit_key text, time_left_ms int,
  protection uuid -- C16: to write, under what a mark is given; to read across a line, under what it must have been, or null
) LANGUAGE plpgsql VOLATILE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
  -- Otherwise PostgreSQL plans anew for every call, at several times the cost of the decision.
  SET plan_cache_mode = force_generic_plan
  SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  t CONSTANT timestamptz := registry.clock(); -- C8
  own_sector CONSTANT text := (SELECT s.code FROM registry.sector s WHERE s.login_role = session_user);
  own_agencies CONSTANT int[] := ARRAY(SELECT a.id FROM registry.agency a WHERE a.sector = own_sector);
BEGIN
  IF own_sector IS NULL THEN
    RAISE EXCEPTION 'Only a sector''s own login role may ask.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF pg_is_in_recovery() THEN
    RAISE EXCEPTION 'A standby decides nothing: ask the primary.' USING ERRCODE = 'read_only_sql_transaction';
  END IF;
  -- An older snapshot might not see a withdrawal that has been answered (C14).
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'Decisions are taken at READ COMMITTED.' USING ERRCODE = 'invalid_transaction_state';
  END IF;
  -- C13. A SET clause of the function would end before the commit.
  PERFORM set_config('synchronous_commit', 'on', true);
  IF outcomes <> '[]' THEN
    PERFORM registry.note_outcomes(outcomes, own_sector);
  END IF;
  IF cardinality(request_ids) > 0 THEN
    PERFORM seal.demand_open();
  END IF;

  RETURN QUERY
  WITH asking AS MATERIALIZED (
    SELECT r.request::int, r.request_id, r.answer, r.subject, r.actor, r.agency_code, r.mask, r.action, r.operation_hash,
      r.operation_name, a.id AS agency, kind.*,
      CASE WHEN a.sector = own_sector THEN a.id END AS own, -- of this sector, else null
      -- C1
      a.id IS NOT NULL AND r.mask & 15 <> 0 AND r.mask & 32 = 0 AND r.action IN (1, 2, 3) AS may_ask,
      r.mask & 16 <> 0 AND r.mask & 32 = 0 AS may_manage,
      r.mask & 8 <> 0 AND r.actor IS NULL AS is_system
    FROM unnest(request_ids, subjects, actors, agencies, role_masks, actions, operation_hashes, operation_names, answers)
      WITH ORDINALITY
      AS r (request_id, subject, actor, agency_code, mask, action, operation_hash, operation_name, answer, request)
    LEFT JOIN registry.agency a ON a.code = r.agency_code
    JOIN (
      -- In the order in which they were asked: a youth's bits are their places.
      SELECT k.request AS of_request, array_agg(k.code ORDER BY k.place) AS codes,
        array_agg(k.whereabouts ORDER BY k.place) AS whereabouts_of, array_agg(k.fields ORDER BY k.place) AS fields_of,
        array_agg(CASE WHEN k.code <> '' THEN coalesce(c.id, registry.refuse_category()) END ORDER BY k.place) AS categories
      FROM unnest(kind_requests, kind_categories, kind_whereabouts, kind_fields) WITH ORDINALITY
        AS k (request, code, whereabouts, fields, place)
      LEFT JOIN registry.category c ON c.code = k.code AND c.sector = own_sector
      GROUP BY k.request
    ) kind ON kind.of_request = r.request
  ), asked AS MATERIALIZED (
    -- Per request and youth the groups in which the caller holds a seat (C4), and the candidates: the caller's own agency
    -- if of this sector and, to read, each agency of this sector that a consent of these groups names as source; or null.
    SELECT r.*, y.youth, y.assigned IS TRUE AS assigned, y.kinds_asked, coalesce(p.protection <> 'NONE', false) AS protected,
      p.protection_key, held.*,
      coalesce(nullif(ARRAY(
        SELECT r.own WHERE r.own IS NOT NULL
        UNION
        SELECT g.source FROM registry.consent c
        JOIN registry.consent_grant g ON g.consent = c.id
        WHERE r.action = 1 AND c.group_id = ANY (held.groups) AND g.source = ANY (own_agencies)
      ), '{}'), '{null}') AS sources
    FROM asking r
    JOIN unnest(youth_requests, youth_ids, youth_assigned, youth_kinds) AS y (request, youth, assigned, kinds_asked)
      ON y.request = r.request
    -- Here and below OFFSET makes a look-up of a join: while the tables are small PostgreSQL, which does not know how few are
    -- asked for, would read all of them.
    LEFT JOIN LATERAL (
      SELECT known.protection, known.protection_key FROM registry.youth known WHERE known.id = y.youth OFFSET 0
    ) p ON true
    CROSS JOIN LATERAL (
      SELECT array_agg(g.id) AS groups, array_agg(g.programme) AS programmes, array_agg(g.informed) AS informed,
        array_agg(g.open) AS open, array_agg(g.ends_at) AS seats_end_at
      FROM (
        SELECT g.id, g.programme, g.opened_at IS NOT NULL AND g.ended_at IS NULL AS open,
          bool_or(s.informed) AS informed, max(coalesce(s.ends_at, 'infinity')) FILTER (WHERE s.informed) AS ends_at
        FROM registry.intervention_group g
        JOIN registry.seat_held s ON s.group_id = g.id
        WHERE g.youth = y.youth AND s.agency = r.agency AND s.subject = r.subject AND r.mask & s.role_bit <> 0
        GROUP BY g.id
      ) g
    ) held
  ), basis AS MATERIALIZED (
    -- Each of these groups with each version of its consent; one row of nulls if there is none.
    SELECT a.*, place.*, v.consent, v.version, v.fully_signed_at, v.valid_from, v.refused_at, v.withdrawn_at,
      v.refused_grants, v.withdrawn_grants, v.superseded, v.expired, v.youth_signed, v.sufficient, v.ends_at, v.recorders
    FROM asked a
    LEFT JOIN LATERAL unnest(a.groups, a.programmes, a.informed, a.open, a.seats_end_at)
      AS place (group_id, programme, seat_informed, group_open, seat_ends_at) ON true
    -- OFFSET keeps PostgreSQL from computing the view for groups that nobody asked about.
    LEFT JOIN LATERAL (
      SELECT * FROM registry.consent_standing s WHERE s.group_id = place.group_id OFFSET 0
    ) v ON true
  ), alternative AS (
    -- Each unit with each basis on which it might be permitted, and the first reason against it. An unknown value denies (C2).
    SELECT b.*, unit.*, candidate.source, g.id AS consent_grant, g.data_from, g.data_to,
      CASE
        WHEN candidate.barred THEN 'BARRED' -- C18
        WHEN b.action = 4 THEN CASE WHEN candidate.source = b.agency AND b.may_manage THEN 'OWN'::registry.reason ELSE 'ROLE' END
        WHEN b.may_ask IS NOT TRUE THEN 'ROLE' -- C1
        WHEN candidate.source = b.agency AND b.action IN (1, 2)
          THEN CASE -- C3
            WHEN b.is_system OR b.assigned OR b.seat_informed AND b.group_open THEN 'OWN'::registry.reason
            ELSE 'NOT_ASSIGNED'
          END
        WHEN b.is_system AND b.action <> 3 THEN 'NO_SEAT' -- C4: a system crosses only for a seat holder
        -- A link; all other actions on own matters are decided above.
        WHEN candidate.source = b.agency AND b.seat_informed AND b.group_open THEN 'OWN'
        ELSE registry.crossing_reason(b.seat_informed, b.group_open, b.consent, b.refused_at, b.withdrawn_at,
          b.refused_grants, b.withdrawn_grants, b.superseded, b.expired, b.fully_signed_at, b.youth_signed, b.sufficient,
          b.valid_from, g.id, registry.acknowledges(g.acknowledged_at, g.acknowledger, b.fully_signed_at, b.recorders),
          c.youth_signs, unit.whereabouts, b.protected, t)
      END AS reason
    FROM basis b
    CROSS JOIN LATERAL (
      SELECT source, EXISTS (
        SELECT FROM registry.bar
        WHERE bar.agency = source AND bar.subject IN (b.subject, b.actor) AND bar.lifted_at IS NULL
          AND (bar.youth IS NULL OR bar.youth = b.youth)
      ) AS barred
      FROM unnest(b.sources) AS source OFFSET 0
    ) candidate
    CROSS JOIN LATERAL unnest(b.categories, b.codes, b.whereabouts_of, b.fields_of)
      WITH ORDINALITY AS unit (category, code, whereabouts, fields, kind)
    LEFT JOIN registry.category c ON c.id = unit.category
    LEFT JOIN LATERAL (
      SELECT g.id, g.acknowledged_at, coalesce(g.acknowledged_for, g.acknowledged_by) AS acknowledger, g.data_from, g.data_to
      FROM registry.consent_grant g
      WHERE g.consent = b.consent AND g.source = candidate.source AND g.recipient = b.agency AND g.category = unit.category
      OFFSET 0
    ) g ON true
    WHERE b.kinds_asked & (1::bigint << (unit.kind - 1)::int) <> 0
  ), decided AS MATERIALIZED (
    -- Of several alternatives a permit, else the reason latest in the list; then the highest version, then the lowest group.
    SELECT d.*, d.reason >= 'CONSENT' AS permitted, d.reason = 'OWN' AS is_own,
      dense_rank() OVER (PARTITION BY d.request ORDER BY d.youth, d.group_id, d.part_consent) AS part
    FROM (
      SELECT DISTINCT ON (a.request, a.youth, a.kind, a.source) a.*, basis.*
      FROM alternative a
      -- The consent is told where the decision came as far as a consent.
      LEFT JOIN LATERAL (
        SELECT a.consent, a.version, a.consent_grant
      ) basis (part_consent, part_version, unit_grant) ON a.reason BETWEEN 'NOT_GRANTED' AND 'CONSENT'
      ORDER BY a.request, a.youth, a.kind, a.source, a.reason DESC, a.version DESC NULLS LAST, a.group_id
    ) d
  ), part AS (
    -- One youth under one group and version.
    SELECT d.request, d.part, any_value(d.youth) AS youth, any_value(d.group_id) AS group_id,
      any_value(d.programme) AS programme, any_value(d.part_consent) AS consent, any_value(d.part_version) AS version,
      any_value(d.protected) AS protected, any_value(d.assigned) AS assigned,
      1 + sum(count(*)) OVER (PARTITION BY d.request ORDER BY d.part) - count(*) AS first
    FROM decided d GROUP BY d.request, d.part
  ), row_parts AS (
    SELECT p.request, array_agg(p.youth) AS youths, array_agg(p.group_id) AS groups, array_agg(p.programme) AS programmes,
      array_agg(p.consent) AS consents, array_agg(p.version) AS versions, array_agg(p.protected) AS protected,
      array_agg(p.assigned) AS assigned, array_agg(p.years) AS years, array_agg(p.first) AS firsts, bool_or(p.protected) AS any_protected
    FROM (
      SELECT p.*, greatest((SELECT s.retention_years FROM seal.state s), programme.retention_years) AS years
      FROM part p LEFT JOIN registry.programme ON programme.id = p.programme
      ORDER BY p.request, p.part
    ) p GROUP BY p.request
  ), row_units AS (
    SELECT d.request, array_agg(d.part::smallint) AS parts, array_agg(d.kind::smallint) AS kinds, array_agg(d.source) AS sources,
      array_agg(d.reason) AS reasons, CASE WHEN count(d.unit_grant) > 0 THEN array_agg(d.unit_grant) END AS grants,
      array_agg(DISTINCT d.source) AS different_sources, array_agg(DISTINCT d.reason) FILTER (WHERE NOT d.permitted) AS denials
    FROM (SELECT * FROM decided ORDER BY request, part, kind, source) d GROUP BY d.request
  ), written AS (
    INSERT INTO registry.log_row (at, kind, request_id, operation_hash, operation_name, caller, actor, agency, unknown_agency,
      roles, action, name, answer, kind_category, kind_whereabouts, kind_fields, part_youth, part_group, part_programme,
      part_consent, part_version, part_protected, part_assigned, part_years, part_from, unit_part, unit_kind, unit_source,
      unit_reason, unit_grant, marks)
    SELECT t, 'DECISION', r.request_id, r.operation_hash, r.operation_name, r.subject, r.actor, r.agency,
      CASE WHEN r.agency IS NULL THEN r.agency_code END, r.mask, r.action, own_sector, r.answer, r.categories, r.whereabouts_of,
      r.fields_of, p.youths, p.groups, p.programmes, p.consents, p.versions, p.protected, p.assigned, p.years,
      (p.firsts || (cardinality(u.parts) + 1)::numeric)::smallint[], u.parts, u.kinds, u.sources, u.reasons, u.grants,
      ARRAY(
        SELECT registry.mark_of_category(c) FROM unnest(r.categories) c WHERE c IS NOT NULL
        UNION ALL SELECT registry.mark_of_source(s) FROM unnest(u.different_sources) s WHERE s IS NOT NULL
        UNION ALL SELECT registry.mark_of_reason(d) FROM unnest(u.denials) d
        UNION ALL SELECT registry.mark_of_protected() WHERE p.any_protected
      )
    FROM asking r JOIN row_parts p ON p.request = r.request JOIN row_units u ON u.request = r.request
  )
  SELECT d.request, d.youth, d.code, d.whereabouts, a.code, d.data_from, d.data_to,
    -- The key stays the same as long as the permit rests on the same grant and the same protection, and reveals nothing of either.
    coalesce(encode(sha256(uuid_send(d.consent_grant) || CASE WHEN d.protected THEN uuid_send(d.protection_key) ELSE '' END), 'hex'),
      'own'),
    floor(extract(epoch FROM least(
      CASE WHEN d.is_own AND d.action <> 3 AND (d.is_system OR d.assigned OR d.action = 4) THEN NULL ELSE d.seat_ends_at END,
      CASE WHEN NOT d.is_own THEN d.ends_at END,
      t + interval '1 minute'
    ) - t) * 1000)::int,
    CASE WHEN d.action = 2 OR NOT d.is_own AND d.protected THEN d.protection_key END
  FROM decided d JOIN registry.agency a ON a.id = d.source
  WHERE d.permitted;
END $$;

-- A sector may ask, and sees no table.
GRANT EXECUTE ON FUNCTION registry.authorize TO samsyn_sector;
