-- What every record was before each of its changes, and which transaction changed it: with it, and with the snapshot that a
-- cursor holds, the news shows what a reader could read then. Written by triggers alone, so that no writer can forget it.
create table agency.former_state (
  -- Of one record in the order of its changes, since whoever changes a row holds it.
  id bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  record uuid not null,
  kind text not null,
  -- What it was before, on this link: nothing there to be read, held, of these days.
  link uuid not null,
  live boolean not null,
  held boolean not null,
  starts date null,
  ends date null
);
create index former_state_link on agency.former_state (link, kind, xid);

-- Seals this sector's cursors.
create table agency.cursor_key (
  key bytea not null,
  only_one boolean primary key default true check (only_one)
);
insert into agency.cursor_key (key)
values (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));

-- The serving role may write every other table.
do $$
declare
  reader regrole;
begin
  for reader in
    select distinct g.grantee::regrole from pg_class c, aclexplode(c.relacl) g
    where c.oid = 'agency.former_state'::regclass and g.grantee <> c.relowner
  loop
    execute format('revoke insert, update on agency.former_state, agency.cursor_key from %s', reader);
  end loop;
end $$;
