-- The records of the police: tables as their storage classes declare them.
create type agency.place_type as enum ('HOME', 'SCHOOL', 'STREET', 'SHOPPING_CENTRE', 'STATION', 'LEISURE_FACILITY', 'ONLINE', 'OTHER');
create type agency.concern_talk_outcome as enum ('NO_FURTHER_ACTION', 'FOLLOW_UP_AGREED', 'REPORTED_TO_SOCIAL_SERVICES', 'DECLINED');
create type agency.police_intervention_type as enum ('REMOVAL', 'APPREHENSION', 'LVU_ASSISTANCE', 'INTOXICATION', 'SEARCH', 'OTHER');
create type agency.offence_group as enum ('VIOLENCE', 'THREAT', 'ROBBERY', 'THEFT', 'DAMAGE', 'DRUGS', 'WEAPONS', 'FRAUD', 'TRAFFIC', 'OTHER');
create type agency.suspicion_status as enum ('REPORTED', 'INVESTIGATED', 'DROPPED', 'TO_PROSECUTOR');

create table agency.association (
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
  context text not null,
  place_type agency.place_type not null,
  date date not null,
  primary key (id)
);
create index association_link_id_index on agency.association (link_id);
alter table agency.association add constraint association_agency_source_id_unique unique (agency, source_id);

create table agency.concern_talk (
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
  date date not null,
  outcome agency.concern_talk_outcome not null,
  primary key (id)
);
create index concern_talk_link_id_index on agency.concern_talk (link_id);
alter table agency.concern_talk add constraint concern_talk_agency_source_id_unique unique (agency, source_id);

create table agency.police_intervention (
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
  type agency.police_intervention_type not null,
  date date not null,
  primary key (id)
);
create index police_intervention_link_id_index on agency.police_intervention (link_id);
alter table agency.police_intervention add constraint police_intervention_agency_source_id_unique unique (agency, source_id);

create table agency.police_report (
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
create index police_report_link_id_index on agency.police_report (link_id);
alter table agency.police_report add constraint police_report_agency_source_id_unique unique (agency, source_id);

create table agency.suspicion (
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
  offence_group agency.offence_group not null,
  date date not null,
  status agency.suspicion_status not null,
  primary key (id)
);
create index suspicion_link_id_index on agency.suspicion (link_id);
alter table agency.suspicion add constraint suspicion_agency_source_id_unique unique (agency, source_id);
