-- Who withdrew a record: what staff or a system took back stays so, and what an import no longer found comes back with the file.
alter table agency.action_plan add column withdrawn_by text null;
alter table agency.commitment add column withdrawn_by text null;
alter table agency.follow_up add column withdrawn_by text null;
alter table agency.guardian add column withdrawn_by text null;
alter table agency.identity add column withdrawn_by text null;
alter table agency.intervention add column withdrawn_by text null;
alter table agency.meeting add column withdrawn_by text null;
alter table agency.placement add column withdrawn_by text null;
alter table agency.risk_assessment add column withdrawn_by text null;
alter table agency.social_case add column withdrawn_by text null;

-- Until now a mutation left its withdrawal in the history of changes, and an import left none: it withdrew only what it had imported.
do $$
declare
  records text;
begin
  foreach records in array array['action_plan', 'commitment', 'follow_up', 'guardian', 'identity', 'intervention', 'meeting', 'placement', 'risk_assessment', 'social_case'] loop
    execute format(
      'update agency.%I r set withdrawn_by = coalesce(
        (select coalesce(c.actor, c.caller) from agency.change c where c.thing = r.id and c.version = r.version and c.outcome = ''WITHDRAWN''),
        r.author)
       where r.withdrawn_at is not null', records);
  end loop;
end $$;
