import { Migration } from '@mikro-orm/migrations';

/** The tables that every sector has, whatever records it keeps; and what its runtime role may do: never delete, never alter. */
class Chassis extends Migration {
  override up(): void {
    this.addSql(`
      create table agency.link (
        id uuid primary key,
        youth_id uuid not null,
        agency text not null,
        identity_number text not null,
        linked_by text not null,
        linked_at timestamptz not null,
        ended_at timestamptz null,
        ended_by text null,
        ended_xid xid8 null
      );
      create unique index link_one_live_per_youth on agency.link (agency, youth_id) where ended_at is null;
      create unique index link_one_live_per_person on agency.link (agency, identity_number) where ended_at is null;
      create index link_youth on agency.link (youth_id) where ended_at is null;
      create index link_history on agency.link (youth_id, agency);
      create table agency.assignment (
        id uuid primary key,
        youth_id uuid not null,
        agency text not null,
        subject text not null,
        assigned_by text not null,
        assigned_at timestamptz not null,
        ended_at timestamptz null
      );
      create unique index assignment_one_live on agency.assignment (youth_id, agency, subject) where ended_at is null;
    `);
  }
}

/** Answered keys and the history of changes. Both are only added to: a key answers the same for ever. */
class ChassisChanges extends Migration {
  override up(): void {
    this.addSql(`
      create table agency.answered_key (
        caller text not null,
        agency text not null,
        mutation text not null,
        key text not null,
        fingerprint text not null,
        youth_id uuid not null,
        category text not null,
        thing uuid not null,
        version int not null,
        outcome text not null,
        recorded_at timestamptz not null default now(),
        primary key (caller, agency, mutation, key)
      );
      create table agency.change (
        id uuid primary key,
        at timestamptz not null default now(),
        request_id uuid not null,
        caller text not null,
        actor text null,
        agency text not null,
        mutation text not null,
        youth_id uuid not null,
        thing uuid not null,
        version int not null,
        outcome text not null,
        properties text[] null
      );
      create index change_thing_index on agency.change (thing);
      create function agency.refuse_rewriting() returns trigger language plpgsql as $$
      begin
        raise exception 'This table is only added to.' using errcode = 'insufficient_privilege';
      end $$;
      create trigger answered_key_is_kept before update on agency.answered_key
        for each statement execute function agency.refuse_rewriting();
      create trigger change_is_kept before update on agency.change
        for each statement execute function agency.refuse_rewriting();
    `);
  }
}

/** The chassis' own migrations: first in every sector. */
export const chassisMigrations = [
  { name: '0000-chassis', class: Chassis },
  { name: '0000-chassis-changes', class: ChassisChanges },
];
