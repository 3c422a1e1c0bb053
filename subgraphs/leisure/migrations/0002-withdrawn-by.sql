-- Who withdrew a record: what staff or a system took back stays so, and what an import no longer found comes back with the file.
alter table agency.activity add column withdrawn_by text null;
alter table agency.field_note add column withdrawn_by text null;
alter table agency.leisure_report add column withdrawn_by text null;

-- Until now a mutation left its withdrawal in the history of changes, and an import left none: it withdrew only what it had imported.
do $$
declare
  records text;
begin
  foreach records in array array['activity', 'field_note', 'leisure_report'] loop
    execute format(
      'update agency.%I r set withdrawn_by = coalesce(
        (select coalesce(c.actor, c.caller) from agency.change c where c.thing = r.id and c.version = r.version and c.outcome = ''WITHDRAWN''),
        r.author)
       where r.withdrawn_at is not null', records);
  end loop;
end $$;
