-- Which import writes an agency's records now. A row holds behind a pooler too, where a session's lock would not.
create table agency.import_lock (
  agency text primary key,
  holder uuid not null,
  -- Its holder sets it forward; after it the lock is anybody's.
  until timestamptz not null
);
