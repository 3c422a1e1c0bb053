-- The mark that a record's texts name no place, by the protection under which it was given (C16), and whether a system wrote them.
alter table agency.action_plan add column names_no_place uuid null, add column written_by_system boolean not null default false;
alter table agency.commitment add column names_no_place uuid null, add column written_by_system boolean not null default false;
alter table agency.follow_up add column names_no_place uuid null, add column written_by_system boolean not null default false;
alter table agency.guardian add column names_no_place uuid null, add column written_by_system boolean not null default false;
alter table agency.identity add column names_no_place uuid null, add column written_by_system boolean not null default false;
alter table agency.intervention add column names_no_place uuid null, add column written_by_system boolean not null default false;
alter table agency.meeting add column names_no_place uuid null, add column written_by_system boolean not null default false;
alter table agency.placement add column names_no_place uuid null, add column written_by_system boolean not null default false;
alter table agency.risk_assessment add column names_no_place uuid null, add column written_by_system boolean not null default false;
alter table agency.social_case add column names_no_place uuid null, add column written_by_system boolean not null default false;

-- Until now a fed record's author was its system, unless somebody had corrected its text.
do $$
declare
  records text;
begin
  foreach records in array array['action_plan', 'commitment', 'follow_up', 'guardian', 'identity', 'intervention', 'meeting', 'placement', 'risk_assessment', 'social_case'] loop
    execute format(
      'update agency.%I r set written_by_system = true
       where r.source_id is not null and not exists (
         select from agency.change c
         where c.thing = r.id and c.mutation like ''correct%%'' and coalesce(c.actor, c.caller) = r.author)', records);
  end loop;
end $$;
