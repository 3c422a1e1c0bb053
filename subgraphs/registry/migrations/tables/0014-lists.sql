-- Who registered a youth. The youth stands in that person's list until a group has opened.

ALTER TABLE registry.youth ADD COLUMN registered_by text;
CREATE INDEX youth_registered_by ON registry.youth (registered_by);
CREATE INDEX seat_agency ON registry.seat (agency);
GRANT INSERT (registered_by) ON registry.youth TO samsyn_registry;

-- Of those who were registered before it stands in the log. Null where the log has no entry, as in a demo world.
UPDATE registry.youth y SET registered_by = r.caller FROM registry.log_row r
  WHERE r.kind = 'CHANGE' AND r.name = 'registerYouth' AND r.part_youth[1] = y.id;
DO $$
BEGIN
  IF to_regclass('closed_log.entry') IS NOT NULL THEN
    UPDATE registry.youth y SET registered_by = e.caller FROM closed_log.entry e
      WHERE e.kind = 'CHANGE' AND e.name = 'registerYouth' AND e.youth = y.id;
  END IF;
END $$;
