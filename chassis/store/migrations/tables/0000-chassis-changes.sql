-- Answered keys and the history of changes. Both are only added to: a key answers the same for ever.
create table agency.answered_key (
  caller text not null,
  agency text not null,
  mutation text not null,
  key text not null,
  fingerprint text not null,
  youth_id uuid not null,
  category text not null,
  thing uuid not null,
  version int not null,
  outcome text not null,
  recorded_at timestamptz not null default now(),
  primary key (caller, agency, mutation, key)
);
create table agency.change (
  id uuid primary key,
  at timestamptz not null default now(),
  request_id uuid not null,
  caller text not null,
  actor text null,
  agency text not null,
  mutation text not null,
  youth_id uuid not null,
  thing uuid not null,
  version int not null,
  outcome text not null,
  properties text[] null
);
create index change_thing_index on agency.change (thing);
