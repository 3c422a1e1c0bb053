-- The log stands in partitions of a month (UTC) by `at`: what is asked of it names an interval, and reads the months of that
-- interval alone. They are made three months ahead, by the migrations and then by the sealer's process, and an old one goes when
-- all its rows have been erased.

-- Whoever names a partition meets what the log's own name has. The log's triggers are of its statements, which name the log.
CREATE OR REPLACE FUNCTION registry.guard_partition(partition regclass) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE OR REPLACE TRIGGER row_is_durable BEFORE INSERT ON %s
    FOR EACH STATEMENT EXECUTE FUNCTION registry.demand_durability()', partition);
  EXECUTE format('CREATE OR REPLACE TRIGGER row_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
    FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting()', partition);
END $$;

-- Makes the partition of a month, if there is none. It is attached when it is whole, which decisions wait for a second at most:
-- then the lock is given up, and whoever calls calls again. A month of which the net holds rows stays there.
CREATE OR REPLACE FUNCTION registry.make_partition(month date) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
  partition CONSTANT text := 'registry.log_row_' || to_char(month, 'YYYY_MM');
  starts_at CONSTANT timestamptz := month::timestamp AT TIME ZONE 'UTC';
  ends_at CONSTANT timestamptz := (month + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
  -- One at a time; nobody who reads or writes waits for this.
  LOCK TABLE ONLY registry.log_row IN SHARE UPDATE EXCLUSIVE MODE;
  IF to_regclass(partition) IS NOT NULL
    OR EXISTS (SELECT FROM registry.log_row_default r WHERE r.at >= starts_at AND r.at < ends_at) THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE %s (LIKE registry.log_row INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)
    WITH (toast_tuple_target = 8160)', partition);
  PERFORM registry.guard_partition(partition);
  EXECUTE format('ALTER TABLE registry.log_row ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)', partition, starts_at, ends_at);
END $$;

-- Makes the partitions of this month and the three that follow, and returns how many rows fell into the net.
CREATE OR REPLACE FUNCTION seal.make_partitions() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  this_month CONSTANT date := date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC');
BEGIN
  PERFORM registry.make_partition(m.month) FROM (
    SELECT (this_month + make_interval(months => n))::date AS month FROM generate_series(0, 3) n
  ) m WHERE to_regclass('registry.log_row_' || to_char(m.month, 'YYYY_MM')) IS NULL;
  RETURN (SELECT count(*) FROM registry.log_row_default);
END $$;

-- Analyses the log as a whole when it holds a tenth more or less than at the last time, and says whether it has: autovacuum does
-- that of each partition alone. Only what the whole is planned by is made anew. The database's counts of what lives are gone
-- after a crash, what a partition was last known to hold is not. It needs a transaction id for the moment in which it writes what
-- it found, so that it holds back no seal, and gives up where somebody changes the log's partitions.
CREATE OR REPLACE FUNCTION seal.analyse_log() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
  known CONSTANT float8 := (SELECT greatest(c.reltuples, 0) FROM pg_class c WHERE c.oid = 'registry.log_row'::regclass);
  held CONSTANT float8 := (SELECT sum(greatest(c.reltuples, pg_stat_get_live_tuples(c.oid)))
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'registry.log_row'::regclass);
BEGIN
  IF abs(held - known) <= 1000 + known / 10 THEN
    RETURN false;
  END IF;
  BEGIN
    LOCK TABLE ONLY registry.log_row IN SHARE UPDATE EXCLUSIVE MODE NOWAIT;
  EXCEPTION WHEN lock_not_available THEN
    -- Another sealer is at it, or a partition is made.
    RETURN false;
  END;
  ANALYZE ONLY registry.log_row;
  RETURN true;
END $$;

SELECT registry.guard_partition(i.inhrelid) FROM pg_inherits i WHERE i.inhparent = 'registry.log_row'::regclass;
SELECT seal.make_partitions();

GRANT EXECUTE ON FUNCTION seal.make_partitions, seal.analyse_log TO samsyn_sealer;
