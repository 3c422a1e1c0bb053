-- A custody or a date of birth that is recorded late, or corrected, counts from when it is recorded (C5); earlier releases stay
-- permitted in the log. This view checks each such release against the facts as they stand now: it evaluates C5 and C6 for the
-- version that permitted it, at the instant of the entry, and keeps the releases that would have been denied, with the first
-- reason. It checks nothing else: seats, terms and acknowledgements have not changed, and a renewal that the corrected fact
-- completes replaces the former version only from when the fact is recorded, like any other renewal (C7).

CREATE OR REPLACE VIEW registry.release_in_question AS
SELECT e.id, e.at, e.youth, e.source, e.agency AS recipient, e.category, e.consent, e.consent_version, doubt.reason
FROM registry.entry e
JOIN registry.consent c ON c.id = e.consent
JOIN registry.intervention_group g ON g.id = c.group_id
JOIN registry.programme p ON p.id = g.programme
JOIN registry.youth y ON y.id = g.youth
JOIN registry.category k ON k.id = e.category
CROSS JOIN LATERAL registry.signers(c.id, y.id, y.birth_date, c.maturity_assessed_at, p.signer_policy, e.at) signers
CROSS JOIN LATERAL (
  -- C6: a statement kept as a note, of somebody who is now known to have had custody when it was recorded. Refusals come first.
  SELECT min(s.kind) AS kind
  FROM registry.statement s
  JOIN registry.custody held ON held.youth = y.id AND held.guardian = s.guardian
    AND held.starts_at <= s.recorded_at AND (held.ends_at > s.recorded_at) IS NOT FALSE
  WHERE s.group_id = g.id AND NOT s.counts AND s.recorded_at <= e.at AND c.recorded_at <= s.recorded_at
    AND (s.only_consent IS NULL OR s.only_consent = c.id)
    AND (s.source IS NULL OR (s.source, s.recipient, s.category) = (e.source, e.agency, e.category))
) noted
CROSS JOIN LATERAL (
  SELECT CASE
    WHEN noted.kind = 'REFUSAL' THEN 'REFUSED'
    WHEN noted.kind = 'WITHDRAWAL' THEN 'WITHDRAWN'
    -- C5: a signature given before the 18th birthday does not outlast it.
    WHEN e.at >= registry.birthday(y.birth_date, 18) AND EXISTS (
      SELECT FROM registry.signature s
      WHERE s.consent = c.id AND s.recorded_at <= e.at AND s.told_at < registry.birthday(y.birth_date, 18)
    ) THEN 'EXPIRED'
    WHEN k.youth_signs AND signers.youth_signed IS NOT TRUE THEN 'NOT_SIGNED'
    WHEN signers.sufficient IS NOT TRUE THEN 'SUSPENDED'
  END::registry.reason AS reason
) doubt
WHERE e.kind = 'DECISION' AND e.permitted AND e.reason = 'CONSENT' AND doubt.reason IS NOT NULL
  -- Nothing of the answer left; where nothing is known of it something may have.
  AND NOT EXISTS (
    SELECT FROM registry.became_of(e.answer, e.at, e.name) became WHERE became.kind = 'WITHHELD'
  );

GRANT SELECT ON registry.release_in_question TO samsyn_registry;
