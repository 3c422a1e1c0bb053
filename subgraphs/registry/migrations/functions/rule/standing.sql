-- The present holder of each seat and the present standing of each version of a consent, computed from the facts: C4 to C8 as
-- views. None of it is stored, so that it is never older than the facts.

-- C8: birthdays turn at midnight Europe/Stockholm.
CREATE OR REPLACE FUNCTION registry.birthday(birth_date date, years int) RETURNS timestamptz LANGUAGE sql IMMUTABLE
  AS $$ SELECT (birth_date + make_interval(years => years)) AT TIME ZONE 'Europe/Stockholm' $$;

-- C4: while a seat is handed over, the deputy holds it and the holder does not. `ends_at` is the known end of that.
CREATE OR REPLACE VIEW registry.seat_held AS
SELECT s.id AS seat, s.group_id, s.agency, s.role, s.informed_at IS NOT NULL AS informed,
  -- The role's bit in a token's mask.
  CASE s.role WHEN 'COORDINATOR' THEN 1 WHEN 'MENTOR' THEN 2 WHEN 'CASEWORKER' THEN 4 END AS role_bit,
  CASE WHEN away.now THEN s.deputy ELSE s.holder END AS subject,
  least(
    s.ended_at,
    CASE WHEN away.now THEN s.handed_over_until WHEN s.handed_over_from > registry.clock() THEN s.handed_over_from END
  ) AS ends_at
FROM registry.seat s
CROSS JOIN LATERAL (
  SELECT s.handed_over_from <= registry.clock() AND (s.handed_over_until > registry.clock()) IS NOT FALSE AS now
) away
WHERE (s.ended_at > registry.clock()) IS NOT FALSE;

-- The instant until which a version can last. OFFSET keeps PostgreSQL from computing it anew at each use.
CREATE OR REPLACE FUNCTION registry.lasting(version_id uuid, valid_until timestamptz, born date)
RETURNS TABLE (effective_until timestamptz) LANGUAGE sql STABLE AS $$
  -- C5: a signature given before the 18th birthday does not outlast it.
  SELECT CASE WHEN EXISTS (
    SELECT FROM registry.signature s
    WHERE s.consent = version_id AND s.told_at < registry.birthday(born, 18)
  ) THEN least(valid_until, registry.birthday(born, 18)) ELSE valid_until END OFFSET 0
$$;

-- The times at which a version was refused or withdrawn, and the grants of it that were.
CREATE OR REPLACE FUNCTION registry.reached(version_id uuid)
RETURNS TABLE (refused_at timestamptz, withdrawn_at timestamptz, refused_grants uuid[], withdrawn_grants uuid[])
LANGUAGE sql STABLE AS $$
  SELECT
    min(r.ended_at) FILTER (WHERE r.kind = 'REFUSAL' AND r.consent_grant IS NULL) AS refused_at,
    min(r.ended_at) FILTER (WHERE r.kind = 'WITHDRAWAL' AND r.consent_grant IS NULL) AS withdrawn_at,
    array_agg(r.consent_grant) FILTER (WHERE r.kind = 'REFUSAL' AND r.consent_grant IS NOT NULL) AS refused_grants,
    array_agg(r.consent_grant) FILTER (WHERE r.kind = 'WITHDRAWAL' AND r.consent_grant IS NOT NULL) AS withdrawn_grants
  FROM registry.statement_reach r WHERE r.consent = version_id
$$;

-- Both functions' results for each version.
CREATE OR REPLACE VIEW registry.consent_term AS
SELECT c.id AS consent, lasting.effective_until,
  reach.refused_at, reach.withdrawn_at, reach.refused_grants, reach.withdrawn_grants
FROM registry.consent c
JOIN registry.intervention_group g ON g.id = c.group_id
JOIN registry.youth y ON y.id = g.youth
CROSS JOIN LATERAL registry.lasting(c.id, c.valid_until, y.birth_date) lasting
CROSS JOIN LATERAL registry.reached(c.id) reach;

-- C7: a fully signed version is superseded only by a successor that had not ended before.
CREATE OR REPLACE VIEW registry.supersession_standing AS
SELECT s.predecessor, s.successor, s.superseded_at, s.final
  OR predecessor.fully_signed_at IS NULL
  OR s.superseded_at <= least(successor.effective_until, successor.refused_at, successor.withdrawn_at) AS counts
FROM registry.supersession s
JOIN registry.consent predecessor ON predecessor.id = s.predecessor
JOIN registry.consent_term successor ON successor.consent = s.successor;

-- The time at which the first valid successor superseded a version. PL/pgSQL keeps it apart from the statements that use it: hardly
-- any version has a successor, and PostgreSQL would otherwise plan for them at each decision.
CREATE OR REPLACE FUNCTION registry.superseded_at(version_id uuid) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT min(s.superseded_at) FROM registry.supersession_standing s WHERE s.predecessor = version_id AND s.counts);
END $$;

-- C5: whether the signatures under a version suffice at an instant, by the facts as they stand. Custody and birth date hold from
-- when they began; a signature and a waiver count from when they were recorded. `change_at` is the next known change of custody,
-- `recorders` the persons who recorded signatures.
-- PostgreSQL inlines this function into the statements that use it.
CREATE OR REPLACE FUNCTION registry.signers(version_id uuid, youth_id uuid, born date, matured_at timestamptz, policy text, t timestamptz)
RETURNS TABLE (youth_signed boolean, sufficient boolean, change_at timestamptz, recorders text[]) LANGUAGE sql STABLE AS $$
  SELECT own.signed,
    -- The required signers depend on the age; an unknown birth date counts as a missing signature.
    CASE
      WHEN born IS NULL THEN false
      WHEN t >= registry.birthday(born, 18) THEN own.signed
      -- A programme may ask for the youth's signature at any age.
      ELSE guardians.suffice AND (policy = 'DEFAULT' AND t < registry.birthday(born, 15) OR own.signed)
    END,
    guardians.change_at, own.recorders
  FROM (
    -- The age counts when the signature was given; a maturity assessment must have been recorded before it.
    SELECT coalesce(bool_or(s.told_at >= registry.birthday(born, 15) OR matured_at < s.recorded_at)
        FILTER (WHERE s.guardian IS NULL), false) AS signed,
      array_agg(s.guardian) FILTER (WHERE s.guardian IS NOT NULL) AS guardians,
      coalesce(array_agg(coalesce(s.recorded_for, s.recorded_by)), '{}') AS recorders
    FROM registry.signature s WHERE s.consent = version_id AND s.recorded_at <= t
  ) own
  CROSS JOIN LATERAL (
    -- Every guardian with custody must have signed; at most one may be excused, and never the only one.
    SELECT count(*) > 0 AND (
        count(*) FILTER (WHERE NOT k.signed) = 0
        OR count(*) > 1 AND count(*) FILTER (WHERE NOT k.signed) = 1 AND bool_or(NOT k.signed AND k.excused)
      ) AS suffice,
      (SELECT min(change.at) FROM registry.custody k CROSS JOIN LATERAL (VALUES (k.starts_at), (k.ends_at)) AS change (at)
       WHERE k.youth = youth_id AND change.at > t) AS change_at
    FROM (
      SELECT DISTINCT k.guardian,
        coalesce(k.guardian = ANY (own.guardians), false) AS signed,
        EXISTS (
          SELECT FROM registry.waiver w WHERE w.consent = version_id AND w.guardian = k.guardian AND w.recorded_at <= t
        ) AS excused
      FROM registry.custody k
      WHERE k.youth = youth_id AND k.starts_at <= t AND (k.ends_at > t) IS NOT FALSE
    ) k
  ) guardians
$$;

-- C5: whether an acknowledgement counts for a version. It is recorded at or after the recording that first made the version fully
-- signed, by somebody who recorded none of its signatures. Unknown values do not count.
CREATE OR REPLACE FUNCTION registry.acknowledges(
  acknowledged_at timestamptz, acknowledger text, fully_signed_at timestamptz, recorders text[]
) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(acknowledged_at >= fully_signed_at AND acknowledger <> ALL (recorders), false);

-- One row per version: its standing by C5 and C7 at this instant, whatever the grant. `ends_at` is the next known instant at which
-- it may no longer hold. `effective_until` covers the 18th birthday, since a version that holds before it has a signature that was
-- given before it.
CREATE OR REPLACE VIEW registry.consent_standing AS
SELECT c.id AS consent, c.group_id, c.version, g.youth, c.fully_signed_at, c.valid_from, term.effective_until,
  reach.refused_at, reach.withdrawn_at, reach.refused_grants, reach.withdrawn_grants, superseded.superseded_at,
  c.expired_at IS NOT NULL OR registry.clock() >= term.effective_until AS expired,
  coalesce(superseded.superseded_at <= registry.clock(), false) AS superseded,
  num_nonnulls(reach.refused_at, reach.withdrawn_at) > 0
    OR c.expired_at IS NOT NULL OR registry.clock() >= term.effective_until
    OR coalesce(superseded.superseded_at <= registry.clock(), false) AS final,
  signers.youth_signed, signers.sufficient, y.signers_recorded_at,
  least(
    term.effective_until,
    superseded.superseded_at,
    CASE WHEN registry.birthday(y.birth_date, 15) > registry.clock() THEN registry.birthday(y.birth_date, 15) END,
    signers.change_at
  ) AS ends_at,
  signers.recorders
FROM registry.consent c
JOIN registry.intervention_group g ON g.id = c.group_id
JOIN registry.programme p ON p.id = g.programme
JOIN registry.youth y ON y.id = g.youth
CROSS JOIN LATERAL registry.lasting(c.id, c.valid_until, y.birth_date) term
CROSS JOIN LATERAL registry.reached(c.id) reach
CROSS JOIN LATERAL (
  SELECT CASE WHEN EXISTS (SELECT FROM registry.supersession s WHERE s.predecessor = c.id)
    THEN registry.superseded_at(c.id) END AS superseded_at OFFSET 0
) superseded
CROSS JOIN LATERAL registry.signers(
  c.id, y.id, y.birth_date, c.maturity_assessed_at, p.signer_policy, registry.clock()
) signers;

GRANT SELECT ON registry.seat_held, registry.consent_term, registry.supersession_standing, registry.consent_standing
  TO samsyn_registry;
GRANT EXECUTE ON FUNCTION registry.birthday, registry.lasting, registry.reached, registry.superseded_at, registry.signers, registry.acknowledges
  TO samsyn_registry;
