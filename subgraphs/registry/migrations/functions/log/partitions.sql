-- The log stands in partitions of a year by `at`: what is asked of it names an interval, and reads the years of that interval
-- alone. They are made two years ahead, by the migrations and then by the sealer's process, and an old one goes when all its
-- entries have been erased.

-- Whoever names a partition meets what the log's own name has. The log's triggers are of its statements, which name the log.
CREATE OR REPLACE FUNCTION registry.guard_partition(partition regclass) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE OR REPLACE TRIGGER entry_is_durable BEFORE INSERT ON %s
    FOR EACH STATEMENT EXECUTE FUNCTION registry.demand_durability()', partition);
  EXECUTE format('CREATE OR REPLACE TRIGGER entry_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
    FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting()', partition);
END $$;

-- Makes the partition of a year (UTC), if there is none. It is attached when it is whole, which decisions wait for a second
-- at most: then the lock is given up, and whoever calls calls again. A year of which the net holds entries stays there.
CREATE OR REPLACE FUNCTION registry.make_partition(year int) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
  partition CONSTANT text := 'registry.entry_' || year;
  starts_at CONSTANT timestamptz := make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC');
  ends_at CONSTANT timestamptz := make_timestamptz(year + 1, 1, 1, 0, 0, 0, 'UTC');
BEGIN
  -- One at a time; nobody who reads or writes waits for this.
  LOCK TABLE ONLY registry.entry IN SHARE UPDATE EXCLUSIVE MODE;
  IF to_regclass(partition) IS NOT NULL
    OR EXISTS (SELECT FROM registry.entry_default e WHERE e.at >= starts_at AND e.at < ends_at) THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE %s (LIKE registry.entry INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition);
  PERFORM registry.guard_partition(partition);
  EXECUTE format('ALTER TABLE registry.entry ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)', partition, starts_at, ends_at);
END $$;

-- Makes the partitions of this year and the two that follow, and returns how many entries fell into the net.
CREATE OR REPLACE FUNCTION seal.make_partitions() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  this_year CONSTANT int := extract(year FROM clock_timestamp() AT TIME ZONE 'UTC');
BEGIN
  PERFORM registry.make_partition(y) FROM generate_series(this_year, this_year + 2) y
    WHERE to_regclass('registry.entry_' || y) IS NULL;
  RETURN (SELECT count(*) FROM registry.entry_default);
END $$;

-- Analyses the log as a whole when it holds a tenth more or less than at the last time, and says whether it has: autovacuum does
-- that of each partition alone. Only what the whole is planned by is made anew. The database's counts of what lives are gone
-- after a crash, what a partition was last known to hold is not. It needs a transaction id for the moment in which it writes what
-- it found, so that it holds back no seal, and gives up where somebody changes the log's partitions.
CREATE OR REPLACE FUNCTION seal.analyse_log() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
  known CONSTANT float8 := (SELECT greatest(c.reltuples, 0) FROM pg_class c WHERE c.oid = 'registry.entry'::regclass);
  held CONSTANT float8 := (SELECT sum(greatest(c.reltuples, pg_stat_get_live_tuples(c.oid)))
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'registry.entry'::regclass);
BEGIN
  IF abs(held - known) <= 1000 + known / 10 THEN
    RETURN false;
  END IF;
  BEGIN
    LOCK TABLE ONLY registry.entry IN SHARE UPDATE EXCLUSIVE MODE NOWAIT;
  EXCEPTION WHEN lock_not_available THEN
    -- Another sealer is at it, or a partition is made.
    RETURN false;
  END;
  ANALYZE ONLY registry.entry;
  RETURN true;
END $$;

SELECT registry.guard_partition(i.inhrelid) FROM pg_inherits i WHERE i.inhparent = 'registry.entry'::regclass;
SELECT seal.make_partitions();

GRANT EXECUTE ON FUNCTION seal.make_partitions, seal.analyse_log TO samsyn_sealer;
