import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { HubContext } from '../decide/context.ts';

/**
 * A link ties a youth id to a person in the agency's own data. Only the holder of an informed seat makes one, from the personal
 * identity number on the signed paper form. The number is kept only here.
 */
@Entity({ tableName: 'link' })
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

  /** Twelve digits. */
  @Property({ type: 'text' })
  identityNumber!: string;

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
