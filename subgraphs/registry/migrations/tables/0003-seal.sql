-- The seal of the access log (DESIGN section 5): an RFC 6962 tree over its entries in the layout of C2SP tlog-tiles, with
-- signed checkpoints. Only the sealer's role writes here. Nothing in a leaf, tile or checkpoint is personal; the salts are
-- what ties a leaf to its entry, and they go when the entry goes.

CREATE SCHEMA seal;

-- The one row that says how far the log is sealed. Whoever holds its lock is the sealer at work.
CREATE TABLE seal.state (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  -- The log's name, and its number: a log that has lost sealed entries goes on as another log, under another name.
  origin text,
  log int NOT NULL DEFAULT 1,
  -- Entries of one incarnation are ordered by their transactions; a restore starts a new one.
  incarnation int NOT NULL DEFAULT 1,
  size bigint NOT NULL DEFAULT 0,
  root bytea NOT NULL DEFAULT sha256(''),
  -- The last entry that is sealed; all that come later in the sealing order are not.
  sealed_incarnation int NOT NULL DEFAULT 0,
  sealed_xid xid8 NOT NULL DEFAULT '0',
  sealed_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  -- When all that could be sealed had last been, less a day: no transaction of the hub lasts so long, so nothing waits that is
  -- older, and what asks for what waits need not look into the log's old partitions.
  waits_from timestamptz NOT NULL DEFAULT '-infinity',
  -- After a restore: entries of earlier incarnations that were never sealed are looked for first, wherever they stand.
  sweeping boolean NOT NULL DEFAULT false,
  -- Entries are kept so many years, unless their programme asks for more. Changed by the owner alone; entries that there are
  -- keep what is written on them.
  retention_years smallint NOT NULL DEFAULT 5 CHECK (retention_years BETWEEN 5 AND 100),
  -- Of the server whose transactions order the entries.
  system_identifier bigint,
  -- Entries may wait so long for their seal; longer, and nothing is decided.
  lag_limit interval NOT NULL DEFAULT interval '60 seconds'
    CHECK (lag_limit BETWEEN interval '5 seconds' AND interval '1 hour'),
  halted_at timestamptz,
  halted_why text CHECK (halted_why IN ('WITNESS_AHEAD', 'WITNESS_DISAGREES', 'TREE_DIFFERS', 'OTHER_SERVER')),
  CONSTRAINT state_halted CHECK ((halted_at IS NULL) = (halted_why IS NULL))
);
INSERT INTO seal.state DEFAULT VALUES;

-- An erased entry leaves its leaf, without entry and salt.
CREATE TABLE seal.leaf (
  index bigint PRIMARY KEY,
  entry uuid UNIQUE,
  -- The entry's own instant, by which its partition is found.
  entry_at timestamptz,
  salt bytea,
  content bytea NOT NULL,
  CONSTRAINT leaf_salted CHECK (num_nonnulls(entry, entry_at, salt) IN (0, 3))
);

CREATE TABLE seal.tile (
  level smallint NOT NULL,
  index bigint NOT NULL,
  hashes bytea NOT NULL,
  PRIMARY KEY (level, index)
);
-- Hashes do not compress.
ALTER TABLE seal.tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE TABLE seal.checkpoint (
  log int NOT NULL,
  size bigint NOT NULL,
  -- As the log signed it; it is stored before anybody is shown it.
  note text NOT NULL,
  sealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- When the quorum of witnesses had cosigned it.
  witnessed_at timestamptz,
  PRIMARY KEY (log, size)
);
CREATE INDEX checkpoint_sealed ON seal.checkpoint (sealed_at);

CREATE TABLE seal.cosignature (
  log int NOT NULL,
  size bigint NOT NULL,
  witness text NOT NULL,
  line text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (log, size, witness),
  FOREIGN KEY (log, size) REFERENCES seal.checkpoint ON DELETE CASCADE
);
