-- Which login role may do what with tables. Roles are made before the migrations, by provisioning. Nobody but the owner may
-- delete a fact, and nobody may change or delete an entry; what is settled from facts is written by functions alone. Who may
-- call a function or read a view stands with it.

GRANT USAGE ON SCHEMA registry TO samsyn_registry, samsyn_sector, samsyn_sealer, samsyn_auditor, samsyn_eraser;

-- The registry's own process.
GRANT SELECT ON registry.sector, registry.category, registry.agency, registry.youth, registry.custody, registry.programme,
  registry.programme_agency, registry.intervention_group, registry.seat, registry.consent, registry.consent_grant,
  registry.signature, registry.waiver, registry.statement, registry.statement_reach, registry.supersession, registry.bar,
  registry.answered_key, registry.entry, registry.group_update, registry.review, registry.review_entry, registry.alarm,
  registry.telling, registry.log_sum, registry.summed_period, registry.late_day TO samsyn_registry;
GRANT EXECUTE ON FUNCTION registry.clock TO samsyn_registry;
-- Of a new row what a person tells; when it was recorded and what follows from it are the database's to write.
GRANT INSERT (id, lead_agency, birth_date, protection) ON registry.youth TO samsyn_registry;
GRANT INSERT (id, youth, guardian, starts_at, ends_at) ON registry.custody TO samsyn_registry;
GRANT INSERT (id, youth, programme, lead_agency) ON registry.intervention_group TO samsyn_registry;
GRANT INSERT (id, group_id, agency, role, holder, deputy, handed_over_from, handed_over_until) ON registry.seat
  TO samsyn_registry;
GRANT INSERT (id, group_id, version, valid_from, valid_until, purpose, paper_reference, information_given, language,
  interpreter, child_view, maturity_assessed_at, maturity_assessed_by, maturity_reason, recorded_by) ON registry.consent
  TO samsyn_registry;
GRANT INSERT (id, consent, source, recipient, category, data_from, data_to) ON registry.consent_grant TO samsyn_registry;
GRANT INSERT (id, consent, guardian, capacity, told_at, method, evidence_hash, recorded_by) ON registry.signature
  TO samsyn_registry;
GRANT INSERT (id, consent, guardian, ground, recorded_by) ON registry.waiver TO samsyn_registry;
GRANT INSERT (id, group_id, kind, guardian, source, recipient, category, only_consent, channel, told_at, recorded_by)
  ON registry.statement TO samsyn_registry;
GRANT INSERT (id, agency, subject, youth, ground, recorded_by) ON registry.bar TO samsyn_registry;
GRANT INSERT (caller, agency, mutation, key, fingerprint, thing, outcome, revision) ON registry.answered_key TO samsyn_registry;
GRANT INSERT (kind, permitted, request_id, operation_hash, operation_name, caller, actor, agency, unknown_agency, roles,
  action, youth, protected, source, category, whereabouts, fields, reason, assigned, group_id, programme, consent,
  consent_version, consent_grant, name, thing) ON registry.entry TO samsyn_registry;
GRANT UPDATE (birth_date, protection) ON registry.youth TO samsyn_registry;
GRANT UPDATE (starts_at, ends_at) ON registry.custody TO samsyn_registry;
GRANT UPDATE (opened_at, ended_at, end_reason) ON registry.intervention_group TO samsyn_registry;
GRANT UPDATE (holder, deputy, handed_over_from, handed_over_until, ended_at) ON registry.seat TO samsyn_registry;
GRANT UPDATE (acknowledged_at, acknowledged_by) ON registry.consent_grant TO samsyn_registry;
GRANT UPDATE (lifted_at) ON registry.bar TO samsyn_registry;
GRANT INSERT (id, agency, outcome, note, seed, recorded_by) ON registry.review TO samsyn_registry;
GRANT INSERT ON registry.review_entry TO samsyn_registry;
GRANT INSERT (kind, occasion, entry, request_id, agency, source) ON registry.alarm TO samsyn_registry;
GRANT UPDATE (delivered_at) ON registry.alarm TO samsyn_registry;
GRANT INSERT (id, entry, youth, agency, revision, decision, ground, recorded_by) ON registry.telling TO samsyn_registry;

GRANT SELECT ON registry.entry, registry.agency, registry.category, registry.programme TO samsyn_sealer, samsyn_auditor;
GRANT SELECT ON registry.review, registry.review_entry, registry.telling, registry.log_sum, registry.summed_period,
  registry.late_day TO samsyn_auditor;

-- Only the sealer seals; the row that says how far is its alone to lock.
GRANT USAGE ON SCHEMA seal TO samsyn_registry, samsyn_sealer, samsyn_auditor;
GRANT SELECT ON seal.state, seal.leaf, seal.tile, seal.checkpoint, seal.cosignature TO samsyn_registry, samsyn_sealer, samsyn_auditor;
GRANT INSERT ON seal.leaf, seal.tile, seal.checkpoint, seal.cosignature TO samsyn_sealer;
GRANT UPDATE (hashes) ON seal.tile TO samsyn_sealer;
GRANT UPDATE (witnessed_at) ON seal.checkpoint TO samsyn_sealer;
GRANT UPDATE (origin, size, root, sealed_incarnation, sealed_xid, sealed_id, waits_from, sweeping, system_identifier, lag_limit,
  halted_at, halted_why) ON seal.state TO samsyn_sealer;
-- Of the checkpoints of past days the sealer keeps some.
GRANT DELETE ON seal.checkpoint TO samsyn_sealer;

-- Two erase what need not be kept any more; neither can do the other's part.
GRANT USAGE ON SCHEMA seal TO samsyn_eraser, samsyn_erasure_confirmer;
GRANT SELECT ON seal.erasure TO samsyn_eraser, samsyn_erasure_confirmer, samsyn_auditor;

-- Nobody logs in as it: the functions that erase run as this role.
GRANT USAGE ON SCHEMA registry, seal TO samsyn_erasure;
GRANT SELECT, DELETE ON registry.entry TO samsyn_erasure;
GRANT INSERT (kind, permitted, request_id, operation_hash, caller, agency, roles, name, thing, ground, confirmed_by, leaf_from,
  leaf_until, leaves) ON registry.entry TO samsyn_erasure;
GRANT SELECT (entry), DELETE ON registry.telling TO samsyn_erasure;
GRANT SELECT (id, entry), UPDATE (occasion) ON registry.alarm TO samsyn_erasure;
GRANT SELECT (id, code) ON registry.agency TO samsyn_erasure;
GRANT SELECT (id, ended_at) ON registry.intervention_group TO samsyn_erasure;
GRANT SELECT ON seal.leaf, seal.checkpoint, seal.state TO samsyn_erasure;
GRANT UPDATE (entry, entry_at, salt) ON seal.leaf TO samsyn_erasure;
GRANT SELECT, INSERT, UPDATE ON seal.erasure TO samsyn_erasure;
GRANT SELECT, INSERT, DELETE ON seal.erasure_leaves TO samsyn_erasure;
GRANT EXECUTE ON FUNCTION registry.clock TO samsyn_erasure;
