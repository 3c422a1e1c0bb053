-- From here on functions, views and triggers stand in files that are applied again whenever they change. Those that release
-- 0.1.0 made are noted as its own, so that one that no file makes any more is dropped. A new database has none of them.
INSERT INTO registry.function_file (name, digest, objects)
SELECT 'of release 0.1.0', '', coalesce(array_agg(i.type || ' ' || i.identity), '{}')
FROM (
  SELECT 'pg_proc'::regclass AS catalogue, p.oid FROM pg_proc p
  WHERE p.pronamespace IN ('registry'::regnamespace, 'seal'::regnamespace)
    -- Of this one tables are made.
    AND p.oid <> 'registry.clock()'::regprocedure
  UNION ALL
  SELECT 'pg_class'::regclass, c.oid FROM pg_class c
  WHERE c.relkind = 'v' AND c.relnamespace IN ('registry'::regnamespace, 'seal'::regnamespace)
  UNION ALL
  SELECT 'pg_trigger'::regclass, t.oid FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  WHERE c.relnamespace IN ('registry'::regnamespace, 'seal'::regnamespace) AND NOT t.tgisinternal AND t.tgparentid = 0
) made CROSS JOIN LATERAL pg_identify_object(made.catalogue, made.oid, 0) i;
