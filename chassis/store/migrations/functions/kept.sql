-- Keeps answered keys and the history of changes from being changed.
create or replace function agency.refuse_rewriting() returns trigger language plpgsql as $$
begin
  raise exception 'This table is only added to.' using errcode = 'insufficient_privilege';
end $$;
create or replace trigger answered_key_is_kept before update on agency.answered_key
  for each statement execute function agency.refuse_rewriting();
create or replace trigger change_is_kept before update on agency.change
  for each statement execute function agency.refuse_rewriting();
