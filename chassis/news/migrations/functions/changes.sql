-- Notes the state of a record or a link before a change.
create or replace function agency.note_change() returns trigger language plpgsql security definer
  set search_path = pg_catalog, pg_temp as $$
declare
  was jsonb := to_jsonb(old);
begin
  if tg_op = 'UPDATE' and was = to_jsonb(new) then
    return null;
  end if;
  if tg_op <> 'INSERT' then
    insert into agency.former_state (record, kind, link, live, held, starts, ends)
    values (old.id, tg_table_name, old.link_id, old.withdrawn_at is null, old.held,
      (was ->> tg_argv[0])::date, (was ->> tg_argv[1])::date);
  end if;
  if tg_op = 'INSERT' or tg_op = 'UPDATE' and new.link_id <> old.link_id then
    insert into agency.former_state (record, kind, link, live, held)
    values (new.id, tg_table_name, new.link_id, false, false);
  end if;
  return null;
end $$;

create or replace function agency.note_end() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.ended_xid := case when new.ended_at is not null then pg_current_xact_id() end;
  return new;
end $$;
create or replace trigger note_end before update on agency.link for each row
  when ((old.ended_at is null) <> (new.ended_at is null)) execute function agency.note_end();
