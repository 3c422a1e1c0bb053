-- Every run of the migrations writes the declarations of the folders of subgraphs/ into the database by these functions.

CREATE OR REPLACE FUNCTION registry.sync_sectors(sectors jsonb) RETURNS void LANGUAGE sql VOLATILE
  SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO registry.sector (code, login_role)
    SELECT s.code, s.login_role FROM jsonb_to_recordset(sectors) AS s (code text, login_role text)
  ON CONFLICT (code) DO UPDATE SET login_role = excluded.login_role
$$;

-- Stores categories as the sectors declare them. A category that is no longer declared stays, since the log refers to it.
CREATE OR REPLACE FUNCTION registry.sync_categories(categories jsonb) RETURNS void LANGUAGE sql VOLATILE
  SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO registry.category (code, sector, name_sv, name_en, secrecy, retention, date, youth_signs, grantable,
      guarded_fields, whereabouts_fields)
    SELECT c.code, split_part(c.code, '.', 1), c."nameSv", c."nameEn", c.secrecy, c.retention, c.date,
      coalesce(c."youthSigns", false), coalesce(c.grantable, true), coalesce(c."guardedFields", '{}'),
      coalesce(c."whereaboutsFields", '{}')
    FROM jsonb_to_recordset(categories) AS c (
      code text, "nameSv" text, "nameEn" text, secrecy text, retention text, date text, "youthSigns" boolean, grantable boolean,
      "guardedFields" text[], "whereaboutsFields" text[]
    )
  ON CONFLICT (code) DO UPDATE SET name_sv = excluded.name_sv, name_en = excluded.name_en, secrecy = excluded.secrecy,
    retention = excluded.retention, date = excluded.date, youth_signs = excluded.youth_signs, grantable = excluded.grantable,
    guarded_fields = excluded.guarded_fields, whereabouts_fields = excluded.whereabouts_fields
$$;
