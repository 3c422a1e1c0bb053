-- The mark that a record's texts name no place, by the protection under which it was given (C16), and whether a system wrote them.
alter table agency.association add column names_no_place uuid null, add column written_by_system boolean not null default false;
alter table agency.concern_talk add column names_no_place uuid null, add column written_by_system boolean not null default false;
alter table agency.police_intervention add column names_no_place uuid null, add column written_by_system boolean not null default false;
alter table agency.police_report add column names_no_place uuid null, add column written_by_system boolean not null default false;
alter table agency.suspicion add column names_no_place uuid null, add column written_by_system boolean not null default false;

-- Until now a fed record's author was its system, unless somebody had corrected its text.
do $$
declare
  records text;
begin
  foreach records in array array['association', 'concern_talk', 'police_intervention', 'police_report', 'suspicion'] loop
    execute format(
      'update agency.%I r set written_by_system = true
       where r.source_id is not null and not exists (
         select from agency.change c
         where c.thing = r.id and c.mutation like ''correct%%'' and coalesce(c.actor, c.caller) = r.author)', records);
  end loop;
end $$;
