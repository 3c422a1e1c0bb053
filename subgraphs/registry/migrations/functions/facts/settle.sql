-- The consequences of a fact are settled in the transaction that records it: which versions are fully signed, which they
-- supersede, which seats are informed, which versions a refusal or withdrawal reaches. The functions run as the owner; no login
-- role may write these columns itself. Each locks the youth first: if two transactions complete a consent together, the second
-- sees the first (every statement of a volatile function takes a new snapshot).

CREATE OR REPLACE FUNCTION registry.lock_youths(youths uuid[]) RETURNS void LANGUAGE sql VOLATILE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT FROM registry.youth WHERE id = ANY (youths) ORDER BY id FOR NO KEY UPDATE
$$;

-- C7: a version becomes fully signed when the last required signature is recorded, unless anything final came first. From then
-- on its predecessors are superseded, and the agencies that it names are informed.
CREATE OR REPLACE FUNCTION registry.settle(youths uuid[]) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  completed uuid[];
BEGIN
  PERFORM registry.lock_youths(youths);
  completed := ARRAY(
    SELECT s.consent FROM registry.consent_standing s
    WHERE s.youth = ANY (youths) AND s.fully_signed_at IS NULL AND NOT s.final AND s.sufficient
  );
  IF completed = '{}' THEN RETURN; END IF;
  INSERT INTO registry.supersession (predecessor, successor, superseded_at)
    SELECT s.consent, c.id, greatest(registry.clock(), c.valid_from)
    FROM registry.consent c JOIN registry.consent_standing s ON s.group_id = c.group_id
    WHERE c.id = ANY (completed) AND s.fully_signed_at IS NOT NULL AND NOT s.final;
  UPDATE registry.consent SET fully_signed_at = registry.clock() WHERE id = ANY (completed);
  UPDATE registry.seat SET informed_at = registry.clock()
    WHERE informed_at IS NULL AND EXISTS (
      SELECT FROM registry.consent c JOIN registry.consent_grant cg ON cg.consent = c.id
      WHERE c.id = ANY (completed) AND c.group_id = seat.group_id AND seat.agency IN (cg.source, cg.recipient)
    );
END $$;

-- C7: a version that the clock has made final stays final, even if a signature or another birth date would move its end. So the
-- end is written down before such a fact is recorded.
CREATE OR REPLACE FUNCTION registry.keep_final(about uuid) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM registry.lock_youths(ARRAY[about]);
  UPDATE registry.supersession s SET final = true
    FROM registry.supersession_standing st
    JOIN registry.consent_standing v ON v.consent = st.predecessor
    WHERE v.youth = about AND NOT s.final AND st.counts AND st.superseded_at <= registry.clock()
      AND (st.predecessor, st.successor) = (s.predecessor, s.successor);
  UPDATE registry.consent c SET expired_at = v.effective_until
    FROM registry.consent_standing v
    WHERE v.youth = about AND v.consent = c.id AND c.expired_at IS NULL AND v.expired;
END $$;

CREATE OR REPLACE FUNCTION registry.keep_final_for_signature() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM registry.keep_final(g.youth)
    FROM registry.consent c JOIN registry.intervention_group g ON g.id = c.group_id WHERE c.id = NEW.consent;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION registry.keep_final_for_birth_date() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM registry.keep_final(NEW.id);
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER signature_keeps_final BEFORE INSERT ON registry.signature
  FOR EACH ROW EXECUTE FUNCTION registry.keep_final_for_signature();
CREATE OR REPLACE TRIGGER birth_date_keeps_final BEFORE UPDATE OF birth_date ON registry.youth
  FOR EACH ROW WHEN (OLD.birth_date IS DISTINCT FROM NEW.birth_date) EXECUTE FUNCTION registry.keep_final_for_birth_date();

CREATE OR REPLACE FUNCTION registry.settle_signers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM registry.settle(ARRAY(
    SELECT DISTINCT g.youth FROM fact f
    JOIN registry.consent c ON c.id = f.consent JOIN registry.intervention_group g ON g.id = c.group_id
  ));
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER signature_settles AFTER INSERT ON registry.signature REFERENCING NEW TABLE AS fact
  FOR EACH STATEMENT EXECUTE FUNCTION registry.settle_signers();
CREATE OR REPLACE TRIGGER waiver_settles AFTER INSERT ON registry.waiver REFERENCING NEW TABLE AS fact
  FOR EACH STATEMENT EXECUTE FUNCTION registry.settle_signers();

CREATE OR REPLACE FUNCTION registry.settle_custody() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM registry.settle(ARRAY(SELECT DISTINCT f.youth FROM fact f));
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER custody_recorded AFTER INSERT ON registry.custody REFERENCING NEW TABLE AS fact
  FOR EACH STATEMENT EXECUTE FUNCTION registry.settle_custody();
CREATE OR REPLACE TRIGGER custody_changed AFTER UPDATE ON registry.custody REFERENCING NEW TABLE AS fact
  FOR EACH STATEMENT EXECUTE FUNCTION registry.settle_custody();

CREATE OR REPLACE FUNCTION registry.settle_birth_date() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM registry.settle(ARRAY[NEW.id]);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER youth_birth_date AFTER UPDATE OF birth_date ON registry.youth
  FOR EACH ROW WHEN (OLD.birth_date IS DISTINCT FROM NEW.birth_date) EXECUTE FUNCTION registry.settle_birth_date();

-- C7: a group has at most one pending version, which ends when another is proposed.
CREATE OR REPLACE FUNCTION registry.supersede_pending() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM registry.lock_youths(ARRAY(
    SELECT g.youth FROM fact f JOIN registry.intervention_group g ON g.id = f.group_id
  ));
  INSERT INTO registry.supersession (predecessor, successor, superseded_at)
    SELECT s.consent, f.id, registry.clock()
    FROM fact f JOIN registry.consent_standing s ON s.group_id = f.group_id AND s.version < f.version
    WHERE s.fully_signed_at IS NULL AND NOT s.final;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER consent_supersedes_pending AFTER INSERT ON registry.consent REFERENCING NEW TABLE AS fact
  FOR EACH STATEMENT EXECUTE FUNCTION registry.supersede_pending();

-- C10, C2: a grant is only of a category of the source's own sector that may be granted at all. It has a data period only if
-- there is a date that it applies to: otherwise it would cover all records that it seems to leave out.
CREATE OR REPLACE FUNCTION registry.check_grants() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM fact f JOIN registry.category k ON k.id = f.category JOIN registry.agency a ON a.id = f.source
    WHERE NOT k.grantable OR k.sector IS DISTINCT FROM a.sector
  ) THEN
    RAISE EXCEPTION 'A grant must name a category of its source agency''s sector that may be granted.'
      USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (
    SELECT FROM fact f JOIN registry.category k ON k.id = f.category
    WHERE k.date IS NULL AND num_nonnulls(f.data_from, f.data_to) > 0
  ) THEN
    RAISE EXCEPTION 'A grant must have no data period in a category without a date that it applies to.'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER consent_grant_is_possible AFTER INSERT ON registry.consent_grant REFERENCING NEW TABLE AS fact
  FOR EACH STATEMENT EXECUTE FUNCTION registry.check_grants();

-- The lead agency is informed at once, another agency if a fully signed consent that still runs already names it.
CREATE OR REPLACE FUNCTION registry.inform_seat() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.informed_at := CASE WHEN EXISTS (
    SELECT FROM registry.intervention_group g WHERE g.id = NEW.group_id AND g.lead_agency = NEW.agency
    UNION ALL
    SELECT FROM registry.consent_standing s JOIN registry.consent_grant cg ON cg.consent = s.consent
    WHERE s.group_id = NEW.group_id AND s.fully_signed_at IS NOT NULL AND NOT s.final
      AND NEW.agency IN (cg.source, cg.recipient)
  ) THEN registry.clock() END;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER seat_is_informed BEFORE INSERT ON registry.seat
  FOR EACH ROW EXECUTE FUNCTION registry.inform_seat();

-- C6: a statement of the youth, at any age, or of a guardian who has custody now ends consents. Anybody else's is only a note.
CREATE OR REPLACE FUNCTION registry.weigh_statement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  about uuid := (SELECT g.youth FROM registry.intervention_group g WHERE g.id = NEW.group_id);
BEGIN
  PERFORM registry.lock_youths(ARRAY[about]);
  -- C6: a client's clock that is a little ahead must not keep a withdrawal out.
  IF NEW.told_at <= NEW.recorded_at + interval '60 seconds' THEN
    NEW.told_at := least(NEW.told_at, NEW.recorded_at);
  END IF;
  NEW.counts := NEW.guardian IS NULL OR EXISTS (
    SELECT FROM registry.custody k
    WHERE k.youth = about AND k.guardian = NEW.guardian
      AND k.starts_at <= registry.clock() AND (k.ends_at > registry.clock()) IS NOT FALSE
  );
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER statement_is_weighed BEFORE INSERT ON registry.statement
  FOR EACH ROW EXECUTE FUNCTION registry.weigh_statement();

-- C6: a statement reaches its grant, or all, in every version of the group that is not final; or in one, if the signer said so.
CREATE OR REPLACE FUNCTION registry.reach_versions() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO registry.statement_reach (statement, consent, consent_grant, kind, ended_at)
    SELECT NEW.id, s.consent, cg.id, NEW.kind, NEW.recorded_at
    FROM registry.consent_standing s
    LEFT JOIN registry.consent_grant cg ON cg.consent = s.consent
      AND (cg.source, cg.recipient, cg.category) = (NEW.source, NEW.recipient, NEW.category)
    WHERE NEW.counts AND s.group_id = NEW.group_id AND NOT s.final AND (NEW.source IS NULL OR cg.id IS NOT NULL)
      AND (NEW.only_consent IS NULL OR NEW.only_consent = s.consent);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER statement_reaches AFTER INSERT ON registry.statement
  FOR EACH ROW EXECUTE FUNCTION registry.reach_versions();
