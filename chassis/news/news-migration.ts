import { Migration } from '@mikro-orm/migrations';
import { naming, periodOf, tableOf } from '../record/read.ts';
import type { RecordKind } from '../record/record-kind.ts';
import type { Subgraph } from '../subgraph.ts';

/**
 * What every record was before each of its changes, and which transaction changed it: with it, and with the snapshot that a
 * cursor holds, the news tells what a reader could read then. Written by triggers alone, so that no writer can forget it.
 */
class Changes extends Migration {
  override up(): void {
    this.addSql(`
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

      create function agency.note_change() returns trigger language plpgsql security definer
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

      create function agency.note_end() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
      begin
        new.ended_xid := case when new.ended_at is not null then pg_current_xact_id() end;
        return new;
      end $$;
      create trigger note_end before update on agency.link for each row
        when ((old.ended_at is null) <> (new.ended_at is null)) execute function agency.note_end();

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
    `);
  }
}

/** The tables and functions that news is made with: after the chassis' own. */
export const newsMigration = { name: '0000-news', class: Changes };

/** Has the changes of a kind of record noted: after the migration that makes its table. */
export function noteChangesOf(kind: RecordKind): Subgraph['migrations'][number] {
  const table = tableOf(kind);
  const days = periodOf(kind).map((property) => `'${naming.propertyToColumnName(property)}'`);
  class Noted extends Migration {
    override up(): void {
      this.addSql(
        `create trigger note_change after insert or update or delete on agency.${table}
           for each row execute function agency.note_change(${days.join(', ')})`,
      );
    }
  }
  return { name: `news-${table.replaceAll('_', '-')}`, class: Noted };
}
