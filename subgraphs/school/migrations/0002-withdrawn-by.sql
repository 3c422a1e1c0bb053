-- Who withdrew a record: what staff or a system took back stays so, and what an import no longer found comes back with the file.
alter table agency.attendance add column withdrawn_by text null;
alter table agency.enrolment add column withdrawn_by text null;
alter table agency.school_incident add column withdrawn_by text null;
alter table agency.school_report add column withdrawn_by text null;
alter table agency.student_health add column withdrawn_by text null;
alter table agency.support_measure add column withdrawn_by text null;

-- Until now a mutation left its withdrawal in the history of changes, and an import left none: it withdrew only what it had imported.
do $$
declare
  records text;
begin
  foreach records in array array['attendance', 'enrolment', 'school_incident', 'school_report', 'student_health', 'support_measure'] loop
    execute format(
      'update agency.%I r set withdrawn_by = coalesce(
        (select coalesce(c.actor, c.caller) from agency.change c where c.thing = r.id and c.version = r.version and c.outcome = ''WITHDRAWN''),
        r.author)
       where r.withdrawn_at is not null', records);
  end loop;
end $$;
