-- True if the instant lies within the time that the fence covers, before or after now.
CREATE OR REPLACE FUNCTION registry.is_near(t timestamptz, soon interval) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(t BETWEEN registry.clock() - soon AND registry.clock() + soon, false)
$$;

-- The permissions about a youth, or through a group, that a change may end (docs/design.md, section 4): who holds a seat, and which
-- grants are in force. A change compares them before and after itself, under the lock of what it changes. What is missing
-- afterwards, or ends sooner, has ended by it.
--
-- Before the change (`soon` is the time that the fence covers) everything counts that may be permitted at any time until it has
-- been committed: a grant that is to begin, signatures that will suffice soon, and what has ended so lately that an answer decided
-- under it may be on its way. After it (`soon` is null) only what holds counts.
CREATE OR REPLACE FUNCTION registry.permissions_about(about uuid, group_id uuid, soon interval) RETURNS TABLE (
  permission text, ends_at timestamptz
) LANGUAGE sql STABLE AS $$
  WITH place AS MATERIALIZED (
    SELECT g.id, g.youth, g.ended_at FROM registry.intervention_group g WHERE g.youth = about OR g.id = permissions_about.group_id
  )
  SELECT concat_ws(' ', 'seat', s.seat, s.subject), s.ends_at
  FROM place JOIN registry.seat_held s ON s.group_id = place.id
  WHERE place.ended_at IS NULL AND s.subject IS NOT NULL
  UNION ALL
  -- A youth with protected identity has the first only (C16).
  SELECT concat_ws(' ', 'grant', cg.id, kind.name), v.ends_at
  FROM place
  JOIN registry.youth y ON y.id = place.youth
  CROSS JOIN LATERAL (SELECT * FROM registry.consent_standing s WHERE s.group_id = place.id OFFSET 0) v
  JOIN registry.consent_grant cg ON cg.consent = v.consent
  JOIN registry.category k ON k.id = cg.category
  JOIN (VALUES ('anything', false), ('whereabouts', true)) AS kind (name, whereabouts)
    ON NOT kind.whereabouts OR y.protection = 'NONE'
  WHERE v.fully_signed_at IS NOT NULL AND NOT v.final
    AND (v.sufficient AND (v.youth_signed OR NOT k.youth_signs) OR coalesce(v.ends_at <= registry.clock() + soon, false))
    AND (cg.id = ANY (v.refused_grants || v.withdrawn_grants)) IS NOT TRUE
    AND registry.acknowledges(
      cg.acknowledged_at, coalesce(cg.acknowledged_for, cg.acknowledged_by), v.fully_signed_at, v.recorders)
  UNION ALL
  SELECT concat_ws(' ', 'lately', s.id), NULL
  FROM place JOIN registry.seat s ON s.group_id = place.id
  WHERE registry.is_near(place.ended_at, soon) OR registry.is_near(s.ended_at, soon) OR registry.is_near(s.changed_at, soon)
  UNION ALL
  SELECT concat_ws(' ', 'lately', v.consent), NULL
  FROM place
  JOIN registry.youth y ON y.id = place.youth
  CROSS JOIN LATERAL (SELECT * FROM registry.consent_standing s WHERE s.group_id = place.id OFFSET 0) v
  WHERE v.fully_signed_at IS NOT NULL AND (
    registry.is_near(y.signers_recorded_at, soon) OR registry.is_near(v.superseded_at, soon)
    OR EXISTS (SELECT FROM registry.statement_reach r WHERE r.consent = v.consent AND registry.is_near(r.ended_at, soon))
    -- Whoever records a signature loses an acknowledgement of the version (C5).
    OR EXISTS (
      SELECT FROM registry.signature s JOIN registry.consent_grant cg ON cg.consent = s.consent
      WHERE s.consent = v.consent AND registry.is_near(s.recorded_at, soon) AND cg.acknowledged_at <= s.recorded_at
    )
  )
$$;

GRANT EXECUTE ON FUNCTION registry.is_near, registry.permissions_about TO samsyn_registry;
