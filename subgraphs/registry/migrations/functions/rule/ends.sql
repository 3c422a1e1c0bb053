-- The ends of what was consented to, each once: one of a grant names the grant, any other is of the whole version. `by_word`:
-- somebody refused or withdrew; else the version expired, was superseded or ended with its group.
CREATE OR REPLACE VIEW registry.permission_end AS
SELECT c.id AS consent, happened.consent_grant, g.id AS group_id, g.youth, happened.ended_at, happened.by_word
FROM (
  SELECT r.consent, r.consent_grant, r.ended_at, true AS by_word FROM registry.statement_reach r
  UNION ALL
  SELECT s.predecessor, NULL, s.superseded_at, false FROM registry.supersession_standing s WHERE s.counts
  UNION ALL
  SELECT over.id, NULL, term.effective_until, false
  FROM (
    SELECT c.id FROM registry.consent c
    JOIN registry.intervention_group g ON g.id = c.group_id JOIN registry.youth y ON y.id = g.youth
    WHERE c.valid_until <= registry.clock() OR registry.birthday(y.birth_date, 18) <= registry.clock()
  ) over
  CROSS JOIN LATERAL (SELECT t.effective_until FROM registry.consent_term t WHERE t.consent = over.id OFFSET 0) term
  UNION ALL
  SELECT of_group.id, NULL, closed.ended_at, false FROM registry.intervention_group closed
  JOIN registry.consent of_group ON of_group.group_id = closed.id WHERE closed.ended_at IS NOT NULL
) happened
JOIN registry.consent c ON c.id = happened.consent
JOIN registry.intervention_group g ON g.id = c.group_id;

GRANT SELECT ON registry.permission_end TO samsyn_registry;
