-- The records of social services: tables as their storage classes declare them.
create type agency.commitment_status as enum ('PLANNED', 'DONE', 'LATE', 'DROPPED');
create type agency.intervention_type as enum ('CONTACT_PERSON', 'QUALIFIED_CONTACT_PERSON', 'CONTACT_FAMILY', 'COUNSELLING', 'FAMILY_TREATMENT', 'OPEN_CARE_PROGRAMME', 'ADDICTION_TREATMENT', 'MENTOR', 'OTHER');
create type agency.meeting_kind as enum ('GROUP', 'NETWORK', 'PARENTS');
create type agency.placement_form as enum ('FOSTER_HOME', 'EMERGENCY_HOME', 'NETWORK_HOME', 'SUPPORTED_HOUSING', 'RESIDENTIAL_CARE', 'STATE_YOUTH_HOME', 'OTHER');
create type agency.risk_assessment_method as enum ('BBIC', 'ESTER', 'SAVRY', 'YLS_CMI', 'ADAD', 'OTHER');
create type agency.risk_level as enum ('LOW', 'MODERATE', 'HIGH');
create type agency.social_case_status as enum ('INITIATED', 'PRELIMINARY_ASSESSMENT', 'INVESTIGATION', 'INTERVENTION', 'CLOSED');

create table agency.action_plan (
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
  adopted date not null,
  situation text null,
  goals jsonb not null,
  primary key (id)
);
create index action_plan_link_id_index on agency.action_plan (link_id);
alter table agency.action_plan add constraint action_plan_agency_source_id_unique unique (agency, source_id);

create table agency.commitment (
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
  committed_agency text not null,
  what text not null,
  who text not null,
  due date not null,
  status agency.commitment_status not null,
  goal int null,
  primary key (id)
);
create index commitment_link_id_index on agency.commitment (link_id);
alter table agency.commitment add constraint commitment_agency_source_id_unique unique (agency, source_id);

create table agency.follow_up (
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
  goals jsonb not null,
  note text null,
  next_review date null,
  primary key (id)
);
create index follow_up_link_id_index on agency.follow_up (link_id);
alter table agency.follow_up add constraint follow_up_agency_source_id_unique unique (agency, source_id);

create table agency.guardian (
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
  name text not null,
  contact text null,
  guardian_id uuid null,
  primary key (id)
);
create index guardian_link_id_index on agency.guardian (link_id);
alter table agency.guardian add constraint guardian_agency_source_id_unique unique (agency, source_id);

create table agency.identity (
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
  name text not null,
  date_of_birth date not null,
  contact text null,
  address text null,
  primary key (id)
);
create index identity_link_id_index on agency.identity (link_id);
alter table agency.identity add constraint identity_agency_source_id_unique unique (agency, source_id);

create table agency.intervention (
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
  type agency.intervention_type not null,
  provider text not null,
  "from" date not null,
  "to" date null,
  primary key (id)
);
create index intervention_link_id_index on agency.intervention (link_id);
alter table agency.intervention add constraint intervention_agency_source_id_unique unique (agency, source_id);

create table agency.meeting (
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
  kind agency.meeting_kind not null,
  date date not null,
  invited text[] not null,
  attended text[] not null,
  decisions text[] not null,
  primary key (id)
);
create index meeting_link_id_index on agency.meeting (link_id);
alter table agency.meeting add constraint meeting_agency_source_id_unique unique (agency, source_id);

create table agency.placement (
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
  form agency.placement_form not null,
  purpose text null,
  "from" date not null,
  "to" date null,
  returning_home boolean not null,
  location text null,
  primary key (id)
);
create index placement_link_id_index on agency.placement (link_id);
alter table agency.placement add constraint placement_agency_source_id_unique unique (agency, source_id);

create table agency.risk_assessment (
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
  method agency.risk_assessment_method not null,
  level agency.risk_level not null,
  date date not null,
  summary text null,
  primary key (id)
);
create index risk_assessment_link_id_index on agency.risk_assessment (link_id);
alter table agency.risk_assessment add constraint risk_assessment_agency_source_id_unique unique (agency, source_id);

create table agency.social_case (
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
  status agency.social_case_status not null,
  officer text not null,
  opened date not null,
  closed date null,
  primary key (id)
);
create index social_case_link_id_index on agency.social_case (link_id);
alter table agency.social_case add constraint social_case_agency_source_id_unique unique (agency, source_id);
