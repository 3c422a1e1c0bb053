-- Erasures of the access log: proposed by one person, counted, and confirmed by another (functions/seal/erasure.sql).

CREATE TABLE seal.erasure (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- Of entries that had to be kept until before this instant.
  kept_before timestamptz NOT NULL CHECK (kept_before <= proposed_at),
  ground text NOT NULL CHECK (btrim(ground) <> ''),
  proposed_by text NOT NULL CHECK (btrim(proposed_by) <> ''),
  proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Leaves below have been looked at; all of them once it is counted, and only then can it be confirmed.
  looked_until bigint NOT NULL DEFAULT 0,
  entries bigint NOT NULL DEFAULT 0,
  counted_at timestamptz,
  confirmed_by text CHECK (btrim(confirmed_by) <> ''),
  confirmed_at timestamptz,
  erased bigint NOT NULL DEFAULT 0,
  finished_at timestamptz,
  CONSTRAINT erasure_confirmed CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL) AND (confirmed_by IS NULL OR counted_at IS NOT NULL)),
  CONSTRAINT erasure_by_two CHECK (lower(btrim(confirmed_by)) <> lower(btrim(proposed_by)))
);

-- The leaves of an erasure that are still to go.
CREATE TABLE seal.erasure_leaves (
  erasure uuid NOT NULL REFERENCES seal.erasure,
  leaf_from bigint NOT NULL,
  leaf_until bigint NOT NULL CHECK (leaf_from < leaf_until),
  PRIMARY KEY (erasure, leaf_from)
);
