-- The budget of units an hour (docs/design.md, section 3.8). A process takes a caller's units by leases, so that calls of `authorize`
-- write no row in common.

-- The operator's figures: units an hour of one caller in one sector.
CREATE TABLE registry.budget (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  -- A full view of a youth is 27 units.
  person int NOT NULL DEFAULT 20000 CHECK (person > 0),
  -- An agency's own system, which acts for nobody.
  system int NOT NULL DEFAULT 500000 CHECK (system > 0)
);
INSERT INTO registry.budget DEFAULT VALUES;

-- What one caller has had of one sector in an hour. A row goes when the hour is over; what was refused is in the log then.
CREATE TABLE registry.lease (
  hour timestamptz NOT NULL,
  sector text NOT NULL,
  -- The code in the token, also where the hub has no such agency.
  agency text NOT NULL,
  caller text NOT NULL,
  -- Units that processes have taken.
  units int NOT NULL DEFAULT 0,
  -- Units that were refused, and the last request that asked for some.
  refused bigint NOT NULL DEFAULT 0,
  request_id uuid,
  operation_hash text,
  operation_name text,
  actor text,
  roles int,
  PRIMARY KEY (hour, sector, agency, caller),
  CONSTRAINT lease_refused CHECK (refused = 0 OR num_nulls(request_id, operation_hash, roles) = 0)
);
