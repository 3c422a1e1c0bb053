-- Which login role may do what. Roles are made before the migrations, by provisioning. Nobody but the owner may delete a
-- fact, and nobody may change or delete an entry; what settle.sql derives is written by its own functions alone.

GRANT USAGE ON SCHEMA registry TO samsyn_registry, samsyn_sector, samsyn_sealer, samsyn_auditor, samsyn_eraser;

-- A sector asks, and sees no table.
GRANT EXECUTE ON FUNCTION registry.authorize TO samsyn_sector;

-- The registry's own process.
GRANT SELECT ON ALL TABLES IN SCHEMA registry TO samsyn_registry;
GRANT EXECUTE ON FUNCTION registry.clock, registry.birthday, registry.iso_duration TO samsyn_registry;
GRANT INSERT ON registry.youth, registry.custody, registry.intervention_group, registry.seat, registry.consent,
  registry.consent_grant, registry.signature, registry.waiver, registry.statement, registry.bar, registry.entry
  TO samsyn_registry;
GRANT UPDATE (birth_date, protection) ON registry.youth TO samsyn_registry;
GRANT UPDATE (ends_at) ON registry.custody TO samsyn_registry;
GRANT UPDATE (opened_at, ended_at, end_reason) ON registry.intervention_group TO samsyn_registry;
GRANT UPDATE (holder, deputy, handed_over_from, handed_over_until, ended_at) ON registry.seat TO samsyn_registry;
GRANT UPDATE (acknowledged_at, acknowledged_by) ON registry.consent_grant TO samsyn_registry;
GRANT UPDATE (lifted_at) ON registry.bar TO samsyn_registry;

GRANT SELECT ON registry.entry, registry.agency, registry.category, registry.programme TO samsyn_sealer, samsyn_auditor;
