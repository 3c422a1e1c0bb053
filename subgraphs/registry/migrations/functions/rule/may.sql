-- The conditions on callers (C1, C3, C4, C6, C18) that several of the registry's own operations ask, each written once. Statements
-- call them by name. They are plain SQL, without a SET clause and without rights of their own, so that PostgreSQL inlines them into
-- the statement: it plans them together with the rest, and the caller's own rights on the tables decide.
--
-- `roles` is a token's mask: the sum of 1 COORDINATOR, 2 MENTOR, 4 CASEWORKER, 8 SYSTEM, 16 MANAGER, 32 AUDITOR.

-- True if the token acts in this role. A token with AUDITOR acts in no other role (C1).
CREATE OR REPLACE FUNCTION registry.acts_as(roles int, role text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT roles & 32 = 0 AND roles & CASE role
    WHEN 'COORDINATOR' THEN 1 WHEN 'MENTOR' THEN 2 WHEN 'CASEWORKER' THEN 4 WHEN 'SYSTEM' THEN 8 WHEN 'MANAGER' THEN 16
  END <> 0
$$;

-- True if the token is an auditor's (C1).
CREATE OR REPLACE FUNCTION registry.audits(roles int) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT roles = 32
$$;

-- True if the token is that of an auditor of the hub, who reads the whole log.
CREATE OR REPLACE FUNCTION registry.audits_hub(roles int, agency_code text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT registry.audits(roles) AND agency_code = 'hub:samsyn'
$$;

-- True if the token's holder, an auditor or a manager, reviews the agency's part of the log.
CREATE OR REPLACE FUNCTION registry.reviews(roles int) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT registry.audits(roles) OR registry.acts_as(roles, 'MANAGER')
$$;

-- True if an entry is the reader's own: the reader asked, or acted for the person who asked. Nobody reviews themselves.
CREATE OR REPLACE FUNCTION registry.is_own_entry(caller text, actor text, reader_names text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT caller = ANY (reader_names) OR coalesce(actor = ANY (reader_names), false)
$$;

-- True if a reader of one agency's log may read an entry: one of the agency's own questions, or one about the agency's information
-- unless it would show the reader on what a denial rests (`is_told`). Without a scope the reader reads all.
CREATE OR REPLACE FUNCTION registry.is_in_scope(scope text, agency_code text, source_code text, is_told boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT scope IS NULL OR agency_code = scope OR source_code = scope AND is_told
$$;

-- C16: True if an entry may show a reader that the youth had protected identity: the hub's auditors, the auditors of the youth's lead
-- agency, and in a decision under an informed seat in an open group everybody who reads it. To those who hold such a seat it shows
-- anyway; to nobody else may a denied attempt show it.
CREATE OR REPLACE FUNCTION registry.shows_protection(scope int, is_auditor boolean, decided registry.reason, about uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT coalesce(scope IS NULL OR decided BETWEEN 'NO_CONSENT' AND 'CONSENT', false)
    OR is_auditor AND EXISTS (SELECT FROM registry.youth y WHERE y.id = about AND y.lead_agency = scope)
$$;

-- C4, C6: the seats that the caller holds now, by a role of the token, whether or not the agency is informed yet and whether or
-- not the group lasts. The holder of a coordinator's seat in the agency that leads the group coordinates it.
CREATE OR REPLACE FUNCTION registry.seats_of(caller text, roles int, agency_code text) RETURNS TABLE (
  group_id uuid, youth uuid, programme uuid, agency int, informed boolean, coordinates boolean,
  opened_at timestamptz, ended_at timestamptz, -- of the group
  ends_at timestamptz -- when the caller's hold on the seat is known to end
) LANGUAGE sql STABLE AS $$
  SELECT g.id, g.youth, g.programme, s.agency, s.informed, s.role = 'COORDINATOR' AND s.agency = g.lead_agency,
    g.opened_at, g.ended_at, s.ends_at
  FROM registry.intervention_group g
  JOIN registry.seat_held s ON s.group_id = g.id AND s.subject = caller AND registry.acts_as(roles, s.role)
  JOIN registry.agency own ON own.id = s.agency AND own.code = agency_code
$$;

-- C4: the seats by which the caller is a member: informed, in a group that lasts.
CREATE OR REPLACE FUNCTION registry.places_of(caller text, roles int, agency_code text) RETURNS TABLE (
  group_id uuid, youth uuid, programme uuid, agency int, coordinates boolean, opened_at timestamptz, ends_at timestamptz
) LANGUAGE sql STABLE AS $$
  SELECT s.group_id, s.youth, s.programme, s.agency, s.coordinates, s.opened_at, s.ends_at
  FROM registry.seats_of(caller, roles, agency_code) s
  WHERE s.informed AND s.ended_at IS NULL
$$;

-- The seats by which the caller coordinates a group that lasts.
CREATE OR REPLACE FUNCTION registry.coordinated_by(caller text, roles int, agency_code text) RETURNS TABLE (
  group_id uuid, youth uuid, programme uuid, agency int
) LANGUAGE sql STABLE AS $$
  SELECT p.group_id, p.youth, p.programme, p.agency
  FROM registry.places_of(caller, roles, agency_code) p
  WHERE p.coordinates
$$;

-- The youths whose facts the caller may record, as a coordinator of the agency that leads them; once there is a group, only its
-- coordinator may.
CREATE OR REPLACE FUNCTION registry.youths_led_by(caller text, roles int, agency_code text) RETURNS TABLE (youth uuid, agency int)
LANGUAGE sql STABLE AS $$
  SELECT y.id, own.id
  FROM registry.youth y JOIN registry.agency own ON own.id = y.lead_agency AND own.code = agency_code
  WHERE registry.acts_as(roles, 'COORDINATOR') AND (
    NOT EXISTS (SELECT FROM registry.intervention_group g WHERE g.youth = y.id AND g.ended_at IS NULL)
    OR EXISTS (SELECT FROM registry.coordinated_by(caller, roles, agency_code) c WHERE c.youth = y.id)
  )
$$;

-- C18: the bars of the caller's agency that its managers see and lift. A barred manager does not see the own bar, which would show
-- why they are denied (docs/design.md, section 5).
CREATE OR REPLACE FUNCTION registry.bars_in_hands_of(caller text, actor text, roles int, agency_code text) RETURNS SETOF registry.bar
LANGUAGE sql STABLE AS $$
  SELECT b.* FROM registry.bar b JOIN registry.agency own ON own.id = b.agency AND own.code = agency_code
  WHERE registry.acts_as(roles, 'MANAGER') AND b.subject <> caller AND b.subject IS DISTINCT FROM actor
$$;

GRANT EXECUTE ON FUNCTION registry.acts_as, registry.audits, registry.audits_hub, registry.reviews, registry.is_own_entry,
  registry.is_in_scope, registry.shows_protection, registry.seats_of, registry.places_of, registry.coordinated_by, registry.youths_led_by,
  registry.bars_in_hands_of TO samsyn_registry;
