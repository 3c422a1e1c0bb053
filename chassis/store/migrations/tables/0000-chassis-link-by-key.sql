-- A person without a personal identity number, such as a pupil with a TF number, is linked by the agency's own key alone.
alter table agency.link alter column identity_number drop not null;
alter table agency.link add constraint link_names_a_person check (identity_number is not null or person_key is not null);
