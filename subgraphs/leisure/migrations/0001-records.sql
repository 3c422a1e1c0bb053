-- The records of leisure: tables as their storage classes declare them.
create type agency.place_type as enum ('HOME', 'SCHOOL', 'STREET', 'SHOPPING_CENTRE', 'STATION', 'LEISURE_FACILITY', 'ONLINE', 'OTHER');

create table agency.activity (
  id uuid not null,
  link_id uuid not null,
  agency text not null,
  author text not null,
  recorded_at timestamptz not null,
  changed_at timestamptz null,
  held boolean not null default false,
  text_cleared boolean not null default false,
  marked_at timestamptz null,
  source_id text null,
  withdrawn_at timestamptz null,
  version int not null default 1,
  activity text not null,
  organiser text not null,
  place text not null,
  "from" date not null,
  "to" date null,
  times_offered int null,
  times_attended int null,
  primary key (id)
);
create index activity_link_id_index on agency.activity (link_id);
alter table agency.activity add constraint activity_agency_source_id_unique unique (agency, source_id);

create table agency.field_note (
  id uuid not null,
  link_id uuid not null,
  agency text not null,
  author text not null,
  recorded_at timestamptz not null,
  changed_at timestamptz null,
  held boolean not null default false,
  text_cleared boolean not null default false,
  marked_at timestamptz null,
  source_id text null,
  withdrawn_at timestamptz null,
  version int not null default 1,
  place_type agency.place_type not null,
  date date not null,
  note text not null,
  primary key (id)
);
create index field_note_link_id_index on agency.field_note (link_id);
alter table agency.field_note add constraint field_note_agency_source_id_unique unique (agency, source_id);

create table agency.leisure_report (
  id uuid not null,
  link_id uuid not null,
  agency text not null,
  author text not null,
  recorded_at timestamptz not null,
  changed_at timestamptz null,
  held boolean not null default false,
  text_cleared boolean not null default false,
  marked_at timestamptz null,
  source_id text null,
  withdrawn_at timestamptz null,
  version int not null default 1,
  commitment_id uuid null,
  date date not null,
  text text not null,
  primary key (id)
);
create index leisure_report_link_id_index on agency.leisure_report (link_id);
alter table agency.leisure_report add constraint leisure_report_agency_source_id_unique unique (agency, source_id);
