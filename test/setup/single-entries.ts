/**
 * SQL that lets a test write single entries, as a superuser: `INSERT INTO registry.entry`, a row of the log with one unit. Of an
 * outcome (RELEASED, WITHHELD, LATE) it writes a row with one answer. RETURNING gives the entry's id.
 */
export const SINGLE_ENTRIES = `
CREATE FUNCTION public.insert_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  row_id uuid := registry.row_of(coalesce(NEW.id, uuidv7()));
BEGIN
  NEW.id := registry.unit_id(row_id, 1);
  NEW.at := coalesce(NEW.at, registry.clock());
  IF NEW.kind IN ('RELEASED', 'WITHHELD', 'LATE') THEN
    INSERT INTO registry.log_row (id, at, kind, name, part_from, answer_id)
    VALUES (row_id, NEW.at, NEW.kind, NEW.name, '{1,2}', ARRAY[NEW.answer]);
    RETURN NEW;
  END IF;
  INSERT INTO registry.log_row (id, at, incarnation, kind, request_id, operation_hash, operation_name, caller, actor, agency,
    unknown_agency, roles, action, name, answer, leaf_from, leaf_until, ground, confirmed_by, erased_parts,
    kind_category, kind_whereabouts, kind_fields, part_youth, part_group, part_programme, part_consent, part_version,
    part_protected, part_assigned, part_years, part_from, unit_part, unit_kind, unit_source, unit_reason, unit_permitted,
    unit_grant, unit_thing, marks)
  VALUES (row_id, NEW.at, coalesce(NEW.incarnation, (SELECT s.incarnation FROM seal.state s)), NEW.kind, NEW.request_id,
    NEW.operation_hash, NEW.operation_name, NEW.caller, NEW.actor, NEW.agency, NEW.unknown_agency, NEW.roles, NEW.action, NEW.name,
    NEW.answer, NEW.leaf_from, NEW.leaf_until, NEW.ground, NEW.confirmed_by, NEW.erased_parts,
    ARRAY[NEW.category], ARRAY[NEW.whereabouts], ARRAY[NEW.fields], ARRAY[NEW.youth], ARRAY[NEW.group_id], ARRAY[NEW.programme],
    ARRAY[NEW.consent], ARRAY[NEW.consent_version], ARRAY[NEW.protected], ARRAY[NEW.assigned],
    CASE WHEN NEW.retention_years IS NOT NULL THEN ARRAY[NEW.retention_years] END, '{1,2}', '{1}', '{1}', ARRAY[NEW.source],
    ARRAY[NEW.reason], ARRAY[NEW.permitted], ARRAY[NEW.consent_grant], ARRAY[NEW.thing], array_remove(ARRAY[
      registry.mark_of_category(NEW.category), registry.mark_of_source(NEW.source),
      CASE WHEN NEW.reason < 'CONSENT' THEN registry.mark_of_reason(NEW.reason) END,
      CASE WHEN NEW.protected THEN registry.mark_of_protected() END], NULL));
  RETURN NEW;
END $$;
CREATE TRIGGER single_entry INSTEAD OF INSERT ON registry.entry FOR EACH ROW EXECUTE FUNCTION public.insert_entry();
`;
