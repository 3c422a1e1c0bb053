import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Check, Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { HubContext } from '../decide/context.ts';

/**
 * A link ties a youth id to a person in the agency's own data. Only the holder of an informed seat makes one, from the personal
 * identity number on the signed paper form, or from the agency's own key of a person who has no such number. The number is kept
 * only here.
 */
@Entity({ tableName: 'link' })
@Check({ name: 'link_names_a_person', expression: 'identity_number is not null or person_key is not null' })
@Index({
  name: 'link_one_live_per_youth',
  expression: 'create unique index link_one_live_per_youth on agency.link (agency, youth_id) where ended_at is null',
})
@Index({
  name: 'link_one_live_per_person',
  expression:
    'create unique index link_one_live_per_person on agency.link (agency, identity_number) where ended_at is null',
})
@Index({
  name: 'link_youth',
  expression: 'create index link_youth on agency.link (youth_id) where ended_at is null',
})
@Index({
  name: 'link_one_live_per_person_key',
  expression:
    'create unique index link_one_live_per_person_key on agency.link (agency, person_key) where ended_at is null',
})
@Index({ name: 'link_history', properties: ['youthId', 'agency'] })
export class Link {
  [OptionalProps]?: 'id' | 'linkedAt' | 'endedAt' | 'endedBy' | 'endedXid';

  @PrimaryKey({ type: 'uuid' })
  id: string = randomUUID();

  @Property({ type: 'uuid' })
  youthId!: string;

  @Property({ type: 'text' })
  agency!: string;

  /** Twelve digits; null for a person without a number. */
  @Property({ type: 'text', nullable: true })
  identityNumber: string | null = null;

  /** The key by which the agency's own systems know the person; never a personal identity number. */
  @Property({ type: 'text', nullable: true })
  personKey: string | null = null;

  @Property({ type: 'text' })
  linkedBy!: string;

  @Property({ type: 'timestamptz' })
  linkedAt: Date = new Date();

  @Property({ type: 'timestamptz', nullable: true })
  endedAt: Date | null = null;

  @Property({ type: 'text', nullable: true })
  endedBy: string | null = null;

  /** The transaction that ended it, filled in by a trigger. The news uses it to know which changes have been reported. */
  @Property({ type: 'string', columnType: 'xid8', nullable: true })
  endedXid: string | null = null;
}

/** The caller's agency's live link to the youth, or null. */
export function liveLink(em: EntityManager, context: HubContext, youthId: string): Promise<Link | null> {
  return em.findOne(Link, { youthId, agency: context.caller.agency, endedAt: null });
}

/** A person as an agency knows one: by number, by the agency's own key, or by both. */
export type LinkedPerson = Pick<Link, 'identityNumber' | 'personKey'>;

/** The text that stands for the person in ids that are derived from one: the number, else the agency's own key. */
export function nameOfPerson({ identityNumber, personKey }: LinkedPerson): string {
  return identityNumber ?? personKey ?? '';
}

/** The name that ids were derived from before the link had a number: the agency's own key. Null where the name has not changed. */
export function formerNameOfPerson({ identityNumber, personKey }: LinkedPerson): string | null {
  return identityNumber === null ? null : personKey;
}

/** True if both are one person. The number decides where both have one; else the key does. */
export function isSamePerson(one: LinkedPerson, other: LinkedPerson): boolean {
  if (one.identityNumber !== null && other.identityNumber !== null) return one.identityNumber === other.identityNumber;
  return one.personKey !== null && one.personKey === other.personKey;
}
