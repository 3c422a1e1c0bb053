-- Does an agency's latest decision leave the entry out? Without a decision it is told.
CREATE OR REPLACE FUNCTION registry.is_left_out(entry_id uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM registry.telling t
    WHERE t.entry = entry_id AND t.decision = 'LEAVE_OUT' AND NOT EXISTS (
      SELECT FROM registry.telling later
      WHERE later.entry = t.entry AND later.agency = t.agency AND later.revision > t.revision
    )
  )
$$;
GRANT EXECUTE ON FUNCTION registry.is_left_out TO samsyn_registry;
