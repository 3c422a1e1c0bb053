-- The first reason of the list (C4 to C7, C16) for which a unit does not cross a line on one basis, or CONSENT if it crosses. This
-- is its only place: `authorize` decides by it, and the consent matrix shows by it what would be decided. An unknown value denies
-- (C2). A basis is a group in which the recipient holds a seat, with one version of its consent and the grant in it, or nulls if
-- there is none. The columns are those of consent_standing. PostgreSQL puts the body in place of the call.
CREATE OR REPLACE FUNCTION registry.crossing_reason(
  seat_informed boolean, group_open boolean,
  consent uuid, refused_at timestamptz, withdrawn_at timestamptz, refused_grants uuid[], withdrawn_grants uuid[],
  superseded boolean, expired boolean, fully_signed_at timestamptz, youth_signed boolean, sufficient boolean,
  valid_from timestamptz,
  consent_grant uuid, acknowledged boolean, youth_signs boolean,
  whereabouts boolean, protected boolean, t timestamptz
) RETURNS registry.reason LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN seat_informed IS NOT TRUE THEN 'NO_SEAT'
  WHEN group_open IS NOT TRUE THEN 'GROUP_NOT_OPEN'
  WHEN consent IS NULL THEN 'NO_CONSENT'
  WHEN consent_grant IS NULL THEN 'NOT_GRANTED'
  WHEN refused_at IS NOT NULL OR consent_grant = ANY (refused_grants) THEN 'REFUSED' -- C6, C7
  WHEN withdrawn_at IS NOT NULL OR consent_grant = ANY (withdrawn_grants) THEN 'WITHDRAWN'
  WHEN superseded IS NOT FALSE THEN 'SUPERSEDED'
  WHEN expired IS NOT FALSE THEN 'EXPIRED'
  WHEN fully_signed_at IS NULL OR youth_signs AND youth_signed IS NOT TRUE THEN 'NOT_SIGNED' -- C5
  WHEN sufficient IS NOT TRUE THEN 'SUSPENDED'
  WHEN (valid_from <= t) IS NOT TRUE THEN 'NOT_YET_VALID'
  WHEN acknowledged IS NOT TRUE THEN 'NOT_ACKNOWLEDGED' -- C5
  WHEN whereabouts IS NOT FALSE AND protected THEN 'PROTECTED' -- C16
  -- Only this branch names the type: a cast of the whole would run each time, and keep PostgreSQL from inlining the body.
  ELSE 'CONSENT'::registry.reason
END;

GRANT EXECUTE ON FUNCTION registry.crossing_reason TO samsyn_registry;
