-- How long an entry is kept (HSLF-FS 2016:40: five years at least): so many years after its group has ended, or after itself.
-- The years are fixed on the entry when it is written. A group that has not ended holds all its entries.

-- An entry that is written without its years: the hub's, or its programme's if these are more. authorize gives them itself.
CREATE OR REPLACE FUNCTION registry.give_retention() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.retention_years := greatest(
    (SELECT s.retention_years FROM seal.state s),
    (SELECT p.retention_years FROM registry.programme p WHERE p.id = coalesce(NEW.programme,
      (SELECT g.programme FROM registry.intervention_group g WHERE g.id = NEW.group_id)))
  );
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER entry_has_retention BEFORE INSERT ON registry.entry
  FOR EACH ROW WHEN (NEW.retention_years IS NULL) EXECUTE FUNCTION registry.give_retention();

-- Until when an entry is kept; `in_group` says whether there is a group, and `ended_at` when it ended. Years are counted in UTC.
CREATE OR REPLACE FUNCTION seal.kept_until(at timestamptz, retention_years smallint, in_group boolean, ended_at timestamptz)
  RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT (CASE WHEN in_group THEN greatest(at, coalesce(ended_at, 'infinity')) ELSE at END AT TIME ZONE 'UTC'
    + make_interval(years => coalesce(retention_years, 5::smallint))) AT TIME ZONE 'UTC'
$$;

GRANT EXECUTE ON FUNCTION seal.kept_until TO samsyn_erasure;
