-- What has changed in a group, for its members to poll: appended in the transaction of the change, whatever way it comes.
-- It is read in the order (xid, id), and only as far as every older transaction has ended: what commits late has a place
-- that no reader has passed. `source` and `recipient` stand where only these and the coordinator may see it.

CREATE TABLE registry.group_update (
  id uuid NOT NULL DEFAULT uuidv7() PRIMARY KEY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at timestamptz NOT NULL DEFAULT registry.clock(),
  group_id uuid NOT NULL CONSTRAINT group_update_group_id_foreign REFERENCES registry.intervention_group,
  kind text NOT NULL CHECK (kind IN ('GROUP_OPENED', 'SEAT_ADDED', 'SEAT_CHANGED', 'SEAT_INFORMED', 'SEAT_ENDED',
    'CONSENT_PROPOSED', 'SIGNATURE_RECORDED', 'SIGNATURE_WAIVED', 'SIGNERS_CHANGED', 'CONSENT_SIGNED', 'CONSENT_SUPERSEDED',
    'CONSENT_ACKNOWLEDGED', 'CONSENT_REFUSED', 'CONSENT_WITHDRAWN', 'STATEMENT_NOTED')),
  seat uuid CONSTRAINT group_update_seat_foreign REFERENCES registry.seat,
  consent uuid CONSTRAINT group_update_consent_foreign REFERENCES registry.consent,
  consent_grant uuid CONSTRAINT group_update_consent_grant_foreign REFERENCES registry.consent_grant,
  source int CONSTRAINT group_update_source_foreign REFERENCES registry.agency,
  recipient int CONSTRAINT group_update_recipient_foreign REFERENCES registry.agency,
  coordinator_only boolean NOT NULL DEFAULT false
);
CREATE INDEX group_update_order ON registry.group_update (group_id, xid, id);
