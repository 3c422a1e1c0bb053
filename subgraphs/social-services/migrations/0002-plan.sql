-- A commitment stands as it was confirmed, and LATE follows from its day; a meeting may lie ahead.
create type agency.confirmed_status as enum ('PLANNED', 'DONE', 'DROPPED');

alter table agency.commitment
  alter column status type agency.confirmed_status
    using (case status when 'LATE' then 'PLANNED' else status::text end)::agency.confirmed_status,
  alter column status set default 'PLANNED',
  add column confirmed_by text null,
  add column confirmed_at timestamptz null;
drop type agency.commitment_status;

alter table agency.meeting
  alter column attended drop not null,
  alter column decisions drop not null;
