-- The rows of settled days of which reviews may find something, so that who looks for it need not read all rows. Like the sums
-- (0006-sums.sql), they follow from the log and the facts, are right or not there, and go with the entries that they are of.
CREATE TABLE registry.log_candidate (
  -- U: a permitted read whose answer is not known to have been released. E: a permitted read of a consent or grant that had ended,
  -- or ended while the answer was on its way.
  kind "char" NOT NULL CHECK (kind IN ('U', 'E')),
  at timestamptz NOT NULL,
  row_id uuid NOT NULL,
  PRIMARY KEY (kind, at, row_id)
);
GRANT SELECT ON registry.log_candidate TO samsyn_registry, samsyn_auditor;
-- Days that were summed before have none: they are summed anew.
TRUNCATE registry.log_sum, registry.summed_period, registry.late_day;
