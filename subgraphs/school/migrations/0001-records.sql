-- The records of the school: tables as their storage classes declare them.
create type agency.school_incident_kind as enum ('VIOLENCE', 'THREAT', 'OFFENSIVE_TREATMENT', 'DAMAGE', 'THEFT', 'DRUGS', 'WEAPONS', 'DISTURBANCE', 'OTHER');
create type agency.support_measure_kind as enum ('ADAPTATION', 'ACTION_PROGRAMME', 'SPECIAL_GROUP', 'INDIVIDUAL_TEACHING', 'ADAPTED_STUDIES', 'OTHER');

create table agency.attendance (
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
  "from" date not null,
  "to" date not null,
  minutes_planned int not null,
  minutes_present int not null,
  minutes_valid_absence int not null,
  minutes_invalid_absence int not null,
  primary key (id)
);
create index attendance_link_id_index on agency.attendance (link_id);
alter table agency.attendance add constraint attendance_agency_source_id_unique unique (agency, source_id);

create table agency.enrolment (
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
  school_unit text not null,
  school_unit_id text null,
  school_type text not null,
  year int null,
  programme text null,
  education_code text null,
  cancelled boolean not null default false,
  primary key (id)
);
create index enrolment_link_id_index on agency.enrolment (link_id);
alter table agency.enrolment add constraint enrolment_agency_source_id_unique unique (agency, source_id);

create table agency.school_incident (
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
  kind agency.school_incident_kind not null,
  date date not null,
  measure text null,
  primary key (id)
);
create index school_incident_link_id_index on agency.school_incident (link_id);
alter table agency.school_incident add constraint school_incident_agency_source_id_unique unique (agency, source_id);

create table agency.school_report (
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
create index school_report_link_id_index on agency.school_report (link_id);
alter table agency.school_report add constraint school_report_agency_source_id_unique unique (agency, source_id);

create table agency.student_health (
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
  contact_exists boolean not null,
  planned_support text null,
  primary key (id)
);
create index student_health_link_id_index on agency.student_health (link_id);
alter table agency.student_health add constraint student_health_agency_source_id_unique unique (agency, source_id);

create table agency.support_measure (
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
  kind agency.support_measure_kind not null,
  measure text not null,
  "from" date not null,
  "to" date null,
  primary key (id)
);
create index support_measure_link_id_index on agency.support_measure (link_id);
alter table agency.support_measure add constraint support_measure_agency_source_id_unique unique (agency, source_id);
