-- The number of changes of each thing that callers change, so that a change applies only to the revision that its author has
-- read; and the time of the last one, so that its end is shown as ending for a while (C14). The database counts, whatever way a
-- fact comes. Triggers that touch another row come last among their table's, by name: the settling of a fact locks the youth
-- before.

CREATE OR REPLACE FUNCTION registry.revise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.revision := OLD.revision + 1;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER youth_is_revised BEFORE UPDATE OF birth_date, protection ON registry.youth
  FOR EACH ROW WHEN ((OLD.birth_date, OLD.protection) IS DISTINCT FROM (NEW.birth_date, NEW.protection))
  EXECUTE FUNCTION registry.revise();
CREATE OR REPLACE TRIGGER group_is_revised BEFORE UPDATE OF opened_at, ended_at ON registry.intervention_group
  FOR EACH ROW WHEN ((OLD.opened_at, OLD.ended_at) IS DISTINCT FROM (NEW.opened_at, NEW.ended_at))
  EXECUTE FUNCTION registry.revise();
CREATE OR REPLACE TRIGGER seat_is_revised BEFORE UPDATE OF holder, deputy, handed_over_from, handed_over_until, ended_at ON registry.seat
  FOR EACH ROW WHEN ((OLD.holder, OLD.deputy, OLD.handed_over_from, OLD.handed_over_until, OLD.ended_at)
    IS DISTINCT FROM (NEW.holder, NEW.deputy, NEW.handed_over_from, NEW.handed_over_until, NEW.ended_at))
  EXECUTE FUNCTION registry.revise();

-- C16: a mark that was given under another protection counts no more.
CREATE OR REPLACE FUNCTION registry.name_protection_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.protection_key := gen_random_uuid();
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER youth_protection_is_named_anew BEFORE UPDATE OF protection ON registry.youth
  FOR EACH ROW WHEN (OLD.protection IS DISTINCT FROM NEW.protection) EXECUTE FUNCTION registry.name_protection_anew();

CREATE OR REPLACE FUNCTION registry.date_change_of_seat() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed_at := registry.clock();
  RETURN NEW;
END $$;

-- Naming the first holder of a seat is no change of hands.
CREATE OR REPLACE TRIGGER seat_is_dated BEFORE UPDATE OF holder, deputy, handed_over_from, handed_over_until ON registry.seat
  FOR EACH ROW WHEN (OLD.holder IS NOT NULL AND (OLD.holder, OLD.deputy, OLD.handed_over_from, OLD.handed_over_until)
    IS DISTINCT FROM (NEW.holder, NEW.deputy, NEW.handed_over_from, NEW.handed_over_until))
  EXECUTE FUNCTION registry.date_change_of_seat();

CREATE OR REPLACE FUNCTION registry.date_birth_date() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.signers_recorded_at := registry.clock();
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER youth_birth_date_is_dated BEFORE UPDATE OF birth_date ON registry.youth
  FOR EACH ROW WHEN (OLD.birth_date IS DISTINCT FROM NEW.birth_date) EXECUTE FUNCTION registry.date_birth_date();

CREATE OR REPLACE FUNCTION registry.date_end_of_custody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.end_recorded_at := CASE WHEN NEW.ends_at IS NOT NULL THEN registry.clock() END;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER custody_end_is_dated BEFORE UPDATE OF ends_at ON registry.custody
  FOR EACH ROW WHEN (OLD.ends_at IS DISTINCT FROM NEW.ends_at) EXECUTE FUNCTION registry.date_end_of_custody();

-- Custody counts for the youth, seats and versions of the consent for the group, signatures and waivers for the version.
CREATE OR REPLACE FUNCTION registry.revise_youth() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE registry.youth SET revision = revision + 1, signers_recorded_at = registry.clock()
    WHERE id IN (SELECT f.youth FROM fact f);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION registry.revise_group() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE registry.intervention_group SET revision = revision + 1 WHERE id IN (SELECT f.group_id FROM fact f);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION registry.revise_consent() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE registry.consent SET revision = revision + 1 WHERE id IN (SELECT f.consent FROM fact f);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER custody_turns_revision AFTER INSERT ON registry.custody REFERENCING NEW TABLE AS fact
  FOR EACH STATEMENT EXECUTE FUNCTION registry.revise_youth();
CREATE OR REPLACE TRIGGER custody_turns_revision_again AFTER UPDATE ON registry.custody REFERENCING NEW TABLE AS fact
  FOR EACH STATEMENT EXECUTE FUNCTION registry.revise_youth();
CREATE OR REPLACE TRIGGER seat_turns_revision AFTER INSERT ON registry.seat REFERENCING NEW TABLE AS fact
  FOR EACH STATEMENT EXECUTE FUNCTION registry.revise_group();
CREATE OR REPLACE TRIGGER consent_turns_revision AFTER INSERT ON registry.consent REFERENCING NEW TABLE AS fact
  FOR EACH STATEMENT EXECUTE FUNCTION registry.revise_group();
CREATE OR REPLACE TRIGGER signature_turns_revision AFTER INSERT ON registry.signature REFERENCING NEW TABLE AS fact
  FOR EACH STATEMENT EXECUTE FUNCTION registry.revise_consent();
CREATE OR REPLACE TRIGGER waiver_turns_revision AFTER INSERT ON registry.waiver REFERENCING NEW TABLE AS fact
  FOR EACH STATEMENT EXECUTE FUNCTION registry.revise_consent();
