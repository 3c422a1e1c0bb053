-- Whether an agency holds a seat in a group of the youth that lasts and that an agency of the asking sector leads: for what the lead
-- agency writes in the plan about the others. It tells a sector nothing of groups that others lead. The decision on the change that
-- asks is an entry already.
CREATE OR REPLACE FUNCTION registry.is_seated(about uuid, agency_code text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM registry.sector own
    JOIN registry.agency lead ON lead.sector = own.code
    JOIN registry.intervention_group g ON g.lead_agency = lead.id AND g.youth = about AND g.ended_at IS NULL
    JOIN registry.seat s ON s.group_id = g.id AND (s.ended_at > registry.clock()) IS NOT FALSE
    JOIN registry.agency named ON named.id = s.agency AND named.code = agency_code
    WHERE own.login_role = session_user
  )
$$;

GRANT EXECUTE ON FUNCTION registry.is_seated TO samsyn_sector;
