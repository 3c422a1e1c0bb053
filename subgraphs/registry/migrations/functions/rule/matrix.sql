-- The consent matrix: for each unit that could cross between two agencies of a group, the decision that `authorize` would take now
-- for the holder of the recipient's seat in that group, and its reason. It is built from the same parts as `authorize`: the views
-- of standing.sql and crossing_reason. If there are several holders or versions: a permit, else the reason latest in the list;
-- then the highest version; then the one that lasts longest.
--
-- `fresh_since` is the instant after which an end may not be shown yet (docs/design.md, section 4). `ending` marks a denied unit
-- that was in force and may have ended after it. Not every fact has the time of its change, so any change recorded about the youth
-- counts.
CREATE OR REPLACE FUNCTION registry.consent_matrix(group_ids uuid[], fresh_since timestamptz) RETURNS TABLE (
  group_id uuid, source int, recipient int, category smallint, whereabouts boolean,
  reason registry.reason, ending boolean,
  -- For a permit: the next known instant at which it may end, and the end of the consent.
  until timestamptz, consent_until timestamptz,
  consent uuid, version int, data_from date, data_to date
) LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH place AS MATERIALIZED (
    SELECT g.id AS group_id, g.youth, g.opened_at IS NOT NULL AND g.ended_at IS NULL AS open,
      coalesce(y.protection <> 'NONE', false) AS protected,
      EXISTS (
        SELECT FROM registry.log_row r WHERE r.part_youth @> ARRAY[g.youth] AND r.at > fresh_since
          AND r.kind = 'CHANGE' AND r.kind NOT IN ('DECISION', 'RELEASED') AND true = ANY (r.unit_permitted)
      ) AS changed
    FROM registry.intervention_group g JOIN registry.youth y ON y.id = g.youth
    WHERE g.id = ANY (group_ids)
  ), standing AS MATERIALIZED (
    SELECT v.*, least(v.effective_until, v.superseded_at) AS consent_until,
      v.fully_signed_at IS NOT NULL AND v.valid_from <= registry.clock()
        AND (least(v.refused_at, v.withdrawn_at, v.superseded_at) > fresh_since) IS NOT FALSE
        AND least(c.valid_until, c.expired_at) > fresh_since AS was_in_force
    FROM place
    CROSS JOIN LATERAL (SELECT * FROM registry.consent_standing s WHERE s.group_id = place.group_id OFFSET 0) v
    JOIN registry.consent c ON c.id = v.consent
  ), granted AS MATERIALIZED (
    SELECT cg.*, standing.group_id, coalesce(cg.acknowledged_for, cg.acknowledged_by) AS acknowledger,
      cg.acknowledged_at >= standing.fully_signed_at AND NOT EXISTS (
        SELECT FROM registry.statement_reach r WHERE r.consent_grant = cg.id AND r.ended_at <= fresh_since
      ) AND NOT EXISTS (
        SELECT FROM registry.signature s
        WHERE s.consent = cg.consent AND s.recorded_at <= fresh_since
          AND coalesce(s.recorded_for, s.recorded_by) = coalesce(cg.acknowledged_for, cg.acknowledged_by)
      ) AS was_in_force
    FROM standing JOIN registry.consent_grant cg ON cg.consent = standing.consent
  ), party AS (
    SELECT s.group_id, s.agency FROM place JOIN registry.seat s ON s.group_id = place.group_id
    UNION SELECT granted.group_id, granted.source FROM granted
    UNION SELECT granted.group_id, granted.recipient FROM granted
  ), holder AS MATERIALIZED (
    -- As in `authorize`: the present holders of the agency's seats.
    SELECT s.group_id, s.agency, s.subject, bool_or(s.informed) AS informed,
      max(coalesce(s.ends_at, 'infinity')) FILTER (WHERE s.informed) AS ends_at
    FROM place JOIN registry.seat_held s ON s.group_id = place.group_id
    WHERE s.subject IS NOT NULL
    GROUP BY s.group_id, s.agency, s.subject
  ), unit AS MATERIALIZED (
    SELECT place.*, source.agency AS source, recipient.agency AS recipient, k.id AS category, k.youth_signs, kind.whereabouts,
      EXISTS (
        SELECT FROM registry.seat s
        WHERE s.group_id = place.group_id AND s.agency = recipient.agency AND s.informed_at IS NOT NULL
          AND (s.ended_at > fresh_since) IS NOT FALSE
      ) AS was_seated
    FROM place
    JOIN party source ON source.group_id = place.group_id
    JOIN party recipient ON recipient.group_id = place.group_id AND recipient.agency <> source.agency
    JOIN registry.agency a ON a.id = source.agency
    JOIN registry.category k ON k.sector = a.sector AND k.grantable
    -- The units of a category that its fields use: with whereabouts, without, or both.
    JOIN (VALUES (false), (true)) AS kind (whereabouts) ON CASE WHEN kind.whereabouts
      THEN k.whereabouts_fields <> '{}'
      ELSE k.whereabouts_fields = '{}' OR NOT k.guarded_fields <@ k.whereabouts_fields
    END
  ), alternative AS (
    SELECT u.group_id, u.source, u.recipient, u.category, u.whereabouts,
      CASE WHEN bar.since IS NOT NULL THEN 'BARRED' ELSE registry.crossing_reason( -- C18
        h.informed, u.open, v.consent, v.refused_at, v.withdrawn_at, v.refused_grants, v.withdrawn_grants, v.superseded,
        v.expired, v.fully_signed_at, v.youth_signed, v.sufficient, v.valid_from, g.id,
        registry.acknowledges(g.acknowledged_at, g.acknowledger, v.fully_signed_at, v.recorders), u.youth_signs,
        u.whereabouts, u.protected, registry.clock()
      ) END AS reason,
      (u.changed OR bar.since > fresh_since) AND u.was_seated AND v.was_in_force AND g.was_in_force
        AND (bar.since > fresh_since) IS NOT FALSE AS ending,
      least(h.ends_at, v.ends_at) AS until, v.consent_until, v.consent, v.version, g.data_from, g.data_to
    FROM unit u
    LEFT JOIN holder h ON h.group_id = u.group_id AND h.agency = u.recipient
    LEFT JOIN LATERAL (
      SELECT min(b.recorded_at) AS since FROM registry.bar b
      WHERE b.agency = u.source AND b.subject = h.subject AND b.lifted_at IS NULL AND (b.youth IS NULL OR b.youth = u.youth)
    ) bar ON true
    LEFT JOIN standing v ON v.group_id = u.group_id
    LEFT JOIN granted g ON g.consent = v.consent AND g.source = u.source AND g.recipient = u.recipient
      AND g.category = u.category
  )
  SELECT DISTINCT ON (a.group_id, a.source, a.recipient, a.category, a.whereabouts)
    a.group_id, a.source, a.recipient, a.category, a.whereabouts, a.reason,
    a.reason < 'CONSENT' AND bool_or(coalesce(a.ending, false))
      OVER (PARTITION BY a.group_id, a.source, a.recipient, a.category, a.whereabouts),
    a.until, a.consent_until, a.consent, a.version, a.data_from, a.data_to
  FROM alternative a
  ORDER BY a.group_id, a.source, a.recipient, a.category, a.whereabouts, a.reason DESC, a.version DESC NULLS LAST,
    a.until DESC NULLS LAST
$$;

GRANT EXECUTE ON FUNCTION registry.consent_matrix TO samsyn_registry;
