-- The tables that every sector has, whatever records it keeps.
create table agency.link (
  id uuid primary key,
  youth_id uuid not null,
  agency text not null,
  identity_number text not null,
  linked_by text not null,
  linked_at timestamptz not null,
  ended_at timestamptz null,
  ended_by text null,
  ended_xid xid8 null
);
create unique index link_one_live_per_youth on agency.link (agency, youth_id) where ended_at is null;
create unique index link_one_live_per_person on agency.link (agency, identity_number) where ended_at is null;
create index link_youth on agency.link (youth_id) where ended_at is null;
create index link_history on agency.link (youth_id, agency);
create table agency.assignment (
  id uuid primary key,
  youth_id uuid not null,
  agency text not null,
  subject text not null,
  assigned_by text not null,
  assigned_at timestamptz not null,
  ended_at timestamptz null
);
create unique index assignment_one_live on agency.assignment (youth_id, agency, subject) where ended_at is null;
