-- The duration in ISO 8601, whatever the session's interval style.
CREATE OR REPLACE FUNCTION registry.iso_duration(i interval) RETURNS text LANGUAGE sql STABLE
  SET intervalstyle = 'iso_8601' AS 'SELECT i::text';

GRANT EXECUTE ON FUNCTION registry.iso_duration TO samsyn_registry;
