-- The ids that schools' systems have for linked persons: attendance names a person by this id alone.
create table agency.ss12000_person (
  agency text not null,
  person_id text not null,
  link_id uuid null,
  primary key (agency, person_id)
);
