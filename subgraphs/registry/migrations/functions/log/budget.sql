-- The budget of units an hour, per sector and caller (docs/design.md, section 3.8; tables/0013-leases.sql).

-- The sector whose process is logged in; null if there is none.
CREATE OR REPLACE FUNCTION registry.asking_sector() RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(
    (SELECT s.code FROM registry.sector s WHERE s.login_role = session_user),
    CASE WHEN session_user = 'samsyn_registry' THEN 'registry' END
  )
$$;

-- Takes units of a caller's budget for the process that asks: as many as it asks for, or as are left. Says which hour they are for,
-- and the milliseconds until its end.
CREATE OR REPLACE FUNCTION registry.take_lease(of_agency text, of_caller text, is_system boolean, asked int)
  RETURNS TABLE (hour timestamptz, units int, ends_in_ms int) LANGUAGE plpgsql VOLATILE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  t CONSTANT timestamptz := registry.clock();
  this_hour CONSTANT timestamptz := date_trunc('hour', t, 'UTC');
  own_sector CONSTANT text := registry.asking_sector();
  budget CONSTANT int := (SELECT CASE WHEN is_system THEN b.system ELSE b.person END FROM registry.budget b);
  taken int;
  granted int;
BEGIN
  IF own_sector IS NULL THEN
    RAISE EXCEPTION 'Only a sector''s own login role may ask.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- A lease that a crash forgets is taken again: nothing waits for the disk.
  PERFORM set_config('synchronous_commit', 'off', true);
  INSERT INTO registry.lease (hour, sector, agency, caller) VALUES (this_hour, own_sector, of_agency, of_caller)
    ON CONFLICT DO NOTHING;
  SELECT l.units INTO taken FROM registry.lease l
    WHERE l.hour = this_hour AND l.sector = own_sector AND l.agency = of_agency AND l.caller = of_caller FOR UPDATE;
  granted := least(greatest(asked, 0), greatest(budget - taken, 0));
  UPDATE registry.lease l SET units = taken + granted
    WHERE l.hour = this_hour AND l.sector = own_sector AND l.agency = of_agency AND l.caller = of_caller;
  RETURN QUERY SELECT this_hour, granted, ceil(extract(epoch FROM this_hour + interval '1 hour' - t) * 1000)::int;
END $$;

-- Counts units that a process has refused callers, in the hours that their leases were for.
CREATE OR REPLACE FUNCTION registry.note_refused(refusals jsonb) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO registry.lease AS l (hour, sector, agency, caller, refused, request_id, operation_hash, operation_name, actor, roles)
    SELECT r.hour, registry.asking_sector(), r.agency, r.caller, sum(r.units), any_value(r.request_id), any_value(r.operation_hash),
      any_value(r.operation_name), any_value(r.actor), any_value(r.roles)
    FROM jsonb_to_recordset(refusals) AS r (hour timestamptz, agency text, caller text, units bigint, request_id uuid,
      operation_hash text, operation_name text, actor text, roles int)
    GROUP BY r.hour, r.agency, r.caller
  ON CONFLICT (hour, sector, agency, caller) DO UPDATE SET refused = l.refused + excluded.refused,
    request_id = excluded.request_id, operation_hash = excluded.operation_hash, operation_name = excluded.operation_name,
    actor = excluded.actor, roles = excluded.roles
$$;

-- Ends the hours that are over: one entry for each sector and caller counts what was refused. Processes tell within seconds what
-- they have refused; what comes later is counted in an entry of its own.
CREATE OR REPLACE FUNCTION registry.log_refused() RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  WITH ended AS (
    DELETE FROM registry.lease l WHERE l.hour + interval '1 hour 1 minute' <= registry.clock() RETURNING l.*
  )
  INSERT INTO registry.log_row (kind, request_id, operation_hash, operation_name, caller, actor, roles, agency, unknown_agency, name,
      kind_fields, part_youth, part_group, part_from, unit_part, unit_kind, unit_permitted, marks)
    SELECT 'READ', e.request_id, e.operation_hash, e.operation_name, e.caller, e.actor, e.roles, a.id,
      CASE WHEN a.id IS NULL THEN e.agency END, 'overBudget',
      ARRAY[format('sector:%s,refused:%s,hour:%s', e.sector, e.refused, to_char(e.hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24"Z"'))],
      '{null}', '{null}', '{1,2}', '{1}', '{1}', '{false}', '{}'
    FROM ended e LEFT JOIN registry.agency a ON a.code = e.agency
    WHERE e.refused > 0
$$;

GRANT EXECUTE ON FUNCTION registry.take_lease, registry.note_refused TO samsyn_sector, samsyn_registry;
GRANT EXECUTE ON FUNCTION registry.log_refused TO samsyn_registry;
