-- Triggers note changes in a group for its members (tables/0004-group-updates.sql), whatever way a change comes.

CREATE OR REPLACE FUNCTION registry.tell_group() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO registry.group_update (group_id, kind) VALUES (NEW.id, 'GROUP_OPENED');
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER group_tells_opening AFTER UPDATE OF opened_at ON registry.intervention_group
  FOR EACH ROW WHEN (OLD.opened_at IS NULL AND NEW.opened_at IS NOT NULL) EXECUTE FUNCTION registry.tell_group();

-- The trigger's argument is the kind of update.
CREATE OR REPLACE FUNCTION registry.tell_seat() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO registry.group_update (group_id, kind, seat) VALUES (NEW.group_id, TG_ARGV[0], NEW.id);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER seat_tells_addition AFTER INSERT ON registry.seat
  FOR EACH ROW EXECUTE FUNCTION registry.tell_seat('SEAT_ADDED');
CREATE OR REPLACE TRIGGER seat_tells_change AFTER UPDATE OF holder, deputy, handed_over_from, handed_over_until ON registry.seat
  FOR EACH ROW WHEN ((OLD.holder, OLD.deputy, OLD.handed_over_from, OLD.handed_over_until)
    IS DISTINCT FROM (NEW.holder, NEW.deputy, NEW.handed_over_from, NEW.handed_over_until))
  EXECUTE FUNCTION registry.tell_seat('SEAT_CHANGED');
CREATE OR REPLACE TRIGGER seat_tells_informed AFTER UPDATE OF informed_at ON registry.seat
  FOR EACH ROW WHEN (OLD.informed_at IS NULL AND NEW.informed_at IS NOT NULL)
  EXECUTE FUNCTION registry.tell_seat('SEAT_INFORMED');
CREATE OR REPLACE TRIGGER seat_tells_end AFTER UPDATE OF ended_at ON registry.seat
  FOR EACH ROW WHEN (OLD.ended_at IS DISTINCT FROM NEW.ended_at) EXECUTE FUNCTION registry.tell_seat('SEAT_ENDED');

CREATE OR REPLACE FUNCTION registry.tell_consent() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO registry.group_update (group_id, kind, consent) VALUES (NEW.group_id, TG_ARGV[0], NEW.id);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER consent_tells_proposal AFTER INSERT ON registry.consent
  FOR EACH ROW EXECUTE FUNCTION registry.tell_consent('CONSENT_PROPOSED');
CREATE OR REPLACE TRIGGER consent_tells_signed AFTER UPDATE OF fully_signed_at ON registry.consent
  FOR EACH ROW WHEN (OLD.fully_signed_at IS NULL AND NEW.fully_signed_at IS NOT NULL)
  EXECUTE FUNCTION registry.tell_consent('CONSENT_SIGNED');

-- Every member sees a signature, only the coordinator a waiver.
CREATE OR REPLACE FUNCTION registry.tell_signer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO registry.group_update (group_id, kind, consent, coordinator_only)
    SELECT c.group_id, TG_ARGV[0], c.id, TG_ARGV[0] = 'SIGNATURE_WAIVED' FROM registry.consent c WHERE c.id = NEW.consent;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER signature_tells AFTER INSERT ON registry.signature
  FOR EACH ROW EXECUTE FUNCTION registry.tell_signer('SIGNATURE_RECORDED');
CREATE OR REPLACE TRIGGER waiver_tells AFTER INSERT ON registry.waiver
  FOR EACH ROW EXECUTE FUNCTION registry.tell_signer('SIGNATURE_WAIVED');

CREATE OR REPLACE FUNCTION registry.tell_signers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO registry.group_update (group_id, kind, coordinator_only)
    SELECT g.id, 'SIGNERS_CHANGED', true FROM registry.intervention_group g WHERE g.youth = NEW.id AND g.ended_at IS NULL;
  RETURN NULL;
END $$;

-- The trigger has no list of columns, since another trigger of the row may set the column.
CREATE OR REPLACE TRIGGER youth_tells_signers AFTER UPDATE ON registry.youth
  FOR EACH ROW WHEN (OLD.signers_recorded_at IS DISTINCT FROM NEW.signers_recorded_at)
  EXECUTE FUNCTION registry.tell_signers();

CREATE OR REPLACE FUNCTION registry.tell_supersession() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO registry.group_update (group_id, kind, consent)
    SELECT c.group_id, 'CONSENT_SUPERSEDED', c.id FROM registry.consent c WHERE c.id = NEW.predecessor;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER supersession_tells AFTER INSERT ON registry.supersession
  FOR EACH ROW EXECUTE FUNCTION registry.tell_supersession();

-- One update for each agency that gains a grant.
CREATE OR REPLACE FUNCTION registry.tell_acknowledgement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO registry.group_update (group_id, kind, consent, source, recipient)
    SELECT DISTINCT c.group_id, 'CONSENT_ACKNOWLEDGED', c.id, f.source, f.recipient
    FROM fact f JOIN before b ON b.id = f.id JOIN registry.consent c ON c.id = f.consent
    WHERE b.acknowledged_at IS DISTINCT FROM f.acknowledged_at AND f.acknowledged_at IS NOT NULL;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER grant_tells_acknowledgement AFTER UPDATE ON registry.consent_grant
  REFERENCING OLD TABLE AS before NEW TABLE AS fact FOR EACH STATEMENT EXECUTE FUNCTION registry.tell_acknowledgement();

-- An update for each version or grant that a refusal or withdrawal ended; only the coordinator sees one that ended nothing.
CREATE OR REPLACE FUNCTION registry.tell_reach() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO registry.group_update (group_id, kind, consent, consent_grant, source, recipient)
    SELECT c.group_id, CASE NEW.kind WHEN 'REFUSAL' THEN 'CONSENT_REFUSED' ELSE 'CONSENT_WITHDRAWN' END, c.id,
      cg.id, cg.source, cg.recipient
    FROM registry.consent c LEFT JOIN registry.consent_grant cg ON cg.id = NEW.consent_grant
    WHERE c.id = NEW.consent;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER statement_reach_tells AFTER INSERT ON registry.statement_reach
  FOR EACH ROW EXECUTE FUNCTION registry.tell_reach();

CREATE OR REPLACE FUNCTION registry.tell_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO registry.group_update (group_id, kind, coordinator_only) VALUES (NEW.group_id, 'STATEMENT_NOTED', true);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER statement_tells_note AFTER INSERT ON registry.statement
  FOR EACH ROW WHEN (NOT NEW.counts) EXECUTE FUNCTION registry.tell_note();
