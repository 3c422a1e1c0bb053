import { isDeepStrictEqual } from 'node:util';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { EntityManager } from '@mikro-orm/postgresql';
import { HubError } from '../../schema/errors.ts';
import type { Written } from '../change/change-history.ts';
import { fingerprintOf } from '../change/keyed-change.ts';
import { WriteOutcome } from '../change/receipt.ts';
import { isSamePerson, Link } from '../youth/links.ts';
import type { RecordRow } from './record.ts';

/** The content that a feed last sent for a record. A feed that sends it again changes nothing, so that what staff did stands. */
@Entity({ tableName: 'fed_content' })
export class FedContent {
  @PrimaryKey({ type: 'uuid' })
  record!: string;

  /** The mutation or the format of the file. */
  @PrimaryKey({ type: 'text' })
  feed!: string;

  /** SHA-256 of the fields. */
  @Property({ type: 'text' })
  content!: string;
}

/** One record as a feed sends it. */
export interface Fed {
  /** The mutation. */
  readonly feed: string;
  /** The link of the youth whom the feed names. */
  readonly link: Link;
  readonly fields: object;
  /** True to bring a withdrawn record back. */
  readonly revive: boolean;
}

/**
 * Decides what a feed changes of a record that it sends again. Equal content changes nothing: a correction by staff stands. Other
 * content replaces the record's fields. A withdrawn record stays withdrawn unless the feed revives it. Nothing of a feed touches a
 * hold or a mark of the text. CONFLICT if the sourceId belongs to a record about another person.
 */
export async function changeOfFeed(
  em: EntityManager,
  row: RecordRow,
  { feed, link, fields, revive }: Fed,
): Promise<{ readonly stays: Written } | { readonly change: object }> {
  await demandSamePerson(em, row, link);
  const last = await em.findOne(FedContent, { record: row.id, feed });
  const isKnown = last === null ? hasFields(row, fields) : last.content === fingerprintOf(fields);
  if (row.withdrawnAt !== null && !revive) {
    const outcome = isKnown ? WriteOutcome.UNCHANGED : WriteOutcome.WITHDRAWN;
    return { stays: { receipt: { id: row.id, version: row.version, outcome }, changed: [] } };
  }
  const revived = row.withdrawnAt === null ? {} : { withdrawnAt: null, withdrawnBy: null };
  const isTaken = !isKnown || row.withdrawnAt !== null;
  return { change: { ...(isTaken ? fields : {}), ...revived, linkId: link.id } };
}

/** Remembers the content that a feed has sent. It is no change of the record. */
export async function rememberFed(em: EntityManager, record: string, feed: string, fields: object): Promise<void> {
  const content = fingerprintOf(fields);
  const known = await em.findOne(FedContent, { record, feed });
  if (known?.content !== content) await em.upsert(FedContent, { record, feed, content });
}

async function demandSamePerson(em: EntityManager, row: RecordRow, link: Link): Promise<void> {
  if (row.linkId === link.id) return;
  const former = await em.findOneOrFail(Link, row.linkId);
  if (isSamePerson(former, link)) return;
  throw new HubError(
    'CONFLICT',
    'This sourceId belongs to a record about another person. Use one sourceId per record.',
    { field: 'input.sourceId' },
  );
}

/** True if the record has these values already. */
export function hasFields(row: RecordRow, fields: object): boolean {
  // Both are copied first: a list of texts is plain objects from the database and classes of the input from the caller.
  return Object.entries(fields).every(([name, value]) =>
    isDeepStrictEqual(structuredClone(Reflect.get(row, name)), structuredClone(value)),
  );
}
