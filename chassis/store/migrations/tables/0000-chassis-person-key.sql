-- The key by which the agency's own systems know the linked person, never a personal identity number.
alter table agency.link add column person_key text null;
create unique index link_one_live_per_person_key on agency.link (agency, person_key) where ended_at is null;
