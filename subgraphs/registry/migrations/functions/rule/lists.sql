-- The lists of a caller's own matters (C1, C3, C4), so that none of them is lost: beside the youths and groups of which the caller is
-- a member (may.sql) those that the caller registered, led to their end, or may take over. As in may.sql, PostgreSQL inlines them.

-- The seats by which the caller coordinated a group until it ended: as its last coordinator, for the lead agency.
CREATE OR REPLACE FUNCTION registry.ended_places_of(caller text, roles int, agency_code text) RETURNS TABLE (
  group_id uuid, youth uuid, programme uuid, agency int, coordinates boolean, opened_at timestamptz, ends_at timestamptz
) LANGUAGE sql STABLE AS $$
  SELECT s.group_id, s.youth, s.programme, s.agency, s.coordinates, s.opened_at, s.ends_at
  FROM registry.seats_of(caller, roles, agency_code) s
  WHERE s.coordinates AND s.ended_at IS NOT NULL
$$;

-- The seats that the caller holds or may take over as deputy, whether or not the agency is informed yet.
CREATE OR REPLACE FUNCTION registry.seats_open_to(caller text, roles int, agency_code text) RETURNS TABLE (
  seat uuid, group_id uuid, youth uuid, programme uuid -- the youth only once the agency is informed
) LANGUAGE sql STABLE AS $$
  SELECT s.id, g.id, CASE WHEN s.informed_at IS NOT NULL THEN g.youth END, g.programme
  FROM registry.seat s
  JOIN registry.agency own ON own.id = s.agency AND own.code = agency_code
  JOIN registry.intervention_group g ON g.id = s.group_id AND g.ended_at IS NULL
  WHERE caller IN (s.holder, s.deputy) AND registry.acts_as(roles, s.role) AND (s.ended_at > registry.clock()) IS NOT FALSE
$$;

-- C3: the youths of an agency's system: those of whom a seat of the agency has been informed. Nobody else is linked by the agency.
CREATE OR REPLACE FUNCTION registry.youths_of_system(actor text, roles int, agency_code text) RETURNS TABLE (youth uuid)
LANGUAGE sql STABLE AS $$
  SELECT g.youth
  FROM registry.agency own
  JOIN registry.seat s ON s.agency = own.id AND s.informed_at IS NOT NULL
  JOIN registry.intervention_group g ON g.id = s.group_id
  WHERE own.code = agency_code AND registry.acts_as(roles, 'SYSTEM') AND actor IS NULL
$$;

-- The youths whom the caller registered for the agency that leads them and for whom no group has opened. Once a preparation has
-- ended they stay for 30 days.
CREATE OR REPLACE FUNCTION registry.registered_by(caller text, roles int, agency_code text) RETURNS TABLE (
  youth uuid, preparation_ended_at timestamptz -- null without a preparation and while one lasts
) LANGUAGE sql STABLE AS $$
  SELECT y.id, CASE WHEN NOT had.lasts THEN had.ended_at END
  FROM registry.youth y JOIN registry.agency own ON own.id = y.lead_agency AND own.code = agency_code
  CROSS JOIN LATERAL (
    SELECT bool_or(g.opened_at IS NOT NULL) AS opened, bool_or(g.ended_at IS NULL) AS lasts, max(g.ended_at) AS ended_at
    FROM registry.intervention_group g WHERE g.youth = y.id
  ) had
  WHERE y.registered_by = caller AND registry.acts_as(roles, 'COORDINATOR') AND had.opened IS NOT TRUE
    AND (had.lasts IS NOT FALSE OR had.ended_at > registry.clock() - interval '30 days')
$$;

GRANT EXECUTE ON FUNCTION registry.ended_places_of, registry.seats_open_to, registry.youths_of_system, registry.registered_by
  TO samsyn_registry;
