-- How long a part of a row is kept (HSLF-FS 2016:40: five years at least): so many years after its group has ended, or after the
-- row. The years are fixed when the row is written. A group that has not ended holds all its parts.

-- A row that is written without years: for each part the hub's, or its programme's if these are more. authorize gives them
-- itself; what became of answers is kept as long as what was decided for them.
CREATE OR REPLACE FUNCTION registry.give_retention() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.part_years := ARRAY(
    SELECT greatest((SELECT s.retention_years FROM seal.state s), p.retention_years)
    FROM generate_series(1, cardinality(NEW.part_from) - 1) part
    LEFT JOIN registry.intervention_group g ON g.id = NEW.part_group[part]
    LEFT JOIN registry.programme p ON p.id = coalesce(NEW.part_programme[part], g.programme)
    ORDER BY part
  );
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER row_has_retention BEFORE INSERT ON registry.log_row
  FOR EACH ROW WHEN (NEW.part_years IS NULL AND NEW.caller IS NOT NULL) EXECUTE FUNCTION registry.give_retention();

-- Until when a part is kept; `in_group` says whether there is a group, and `ended_at` when it ended. Years are counted in UTC.
CREATE OR REPLACE FUNCTION seal.kept_until(at timestamptz, retention_years smallint, in_group boolean, ended_at timestamptz)
  RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT (CASE WHEN in_group THEN greatest(at, coalesce(ended_at, 'infinity')) ELSE at END AT TIME ZONE 'UTC'
    + make_interval(years => coalesce(retention_years, 5::smallint))) AT TIME ZONE 'UTC'
$$;

GRANT EXECUTE ON FUNCTION seal.kept_until TO samsyn_erasure;
