-- C5: somebody who recorded none of a version's signatures acknowledges its grants. If a system recorded a signature or an
-- acknowledgement, this is the person on whose behalf it acted; null if a person recorded it.
ALTER TABLE registry.signature ADD COLUMN recorded_for text;
ALTER TABLE registry.consent_grant ADD COLUMN acknowledged_for text,
  ADD CONSTRAINT consent_grant_acknowledged_for CHECK (acknowledged_for IS NULL OR acknowledged_by IS NOT NULL);
GRANT INSERT (recorded_for) ON registry.signature TO samsyn_registry;
GRANT UPDATE (acknowledged_for) ON registry.consent_grant TO samsyn_registry;

-- A form that lies in a binder needs no hash; an electronic receipt is nothing without its bytes.
ALTER TABLE registry.signature ALTER evidence_hash DROP NOT NULL,
  ADD CONSTRAINT signature_evidence CHECK (method = 'PAPER' OR evidence_hash IS NOT NULL);
