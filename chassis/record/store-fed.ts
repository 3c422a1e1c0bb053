import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { IMPORT } from '../../schema/caller.ts';
import { HubError } from '../../schema/errors.ts';
import { fingerprintOf } from '../change/keyed-change.ts';
import { WriteOutcome } from '../change/receipt.ts';
import type { ImportTarget } from '../importer.ts';
import { isSamePerson, Link } from '../youth/links.ts';
import { changeOfFeed, FedContent, rememberFed } from './feed.ts';
import type { RecordRow } from './record.ts';
import type { RecordKind } from './record-kind.ts';
import { authorshipOf, type Writer } from './text-marks.ts';
import { changeRow } from './write.ts';

/** One record as a file gives it: the source's own id, the link of the youth, and the record's own fields. */
export interface FedRecord {
  readonly sourceId: string;
  readonly link: Link;
  readonly fields: object;
}

/** A record of which an earlier file may have been stored under another sourceId, before the person's link had a number. */
export interface RenamedRecord extends FedRecord {
  /** The sourceId under the link's key; null if there is none. */
  readonly formerSourceId: string | null;
}

/** The import that stores: its target, and the name of its format. */
export interface Feeding extends ImportTarget {
  readonly feed: string;
}

/** The reason why a record was not stored: its sourceId is another one's. */
export const OTHER_PERSON = 'belongs to a record about another person. Use one sourceId per record';

/** A file gives no mark: no system knows what a text says (C16). */
const NO_MARKS = {};

/** The writer of what a file gives: a system, which gives no marks. */
function writerOfFile(author: string): Writer {
  return { by: author, isSystem: true, protection: null };
}

/**
 * Gives each record the sourceId under which it is stored about this person already. A person who was linked by key, and gets a number,
 * so keeps the records, and what staff did to them stands.
 */
export async function underKnownSources<Renamed extends RenamedRecord>(
  kind: RecordKind,
  given: readonly Renamed[],
  agency: string,
  em: EntityManager,
): Promise<Renamed[]> {
  const sourceIds = given.flatMap(({ sourceId, formerSourceId }) =>
    formerSourceId === null ? [] : [sourceId, formerSourceId],
  );
  if (sourceIds.length === 0) return [...given];
  const where = { agency, sourceId: { $in: sourceIds } };
  const rows = await em.find(kind.row, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
  const owners = await em.find(Link, { id: { $in: rows.map(({ linkId }) => linkId) } });
  const ownerOf = new Map(owners.map((owner) => [owner.id, owner]));
  const about = new Map(rows.map((row) => [row.sourceId, ownerOf.get(row.linkId)]));
  return given.map((record) => {
    const { sourceId, formerSourceId, link } = record;
    if (formerSourceId === null || about.has(sourceId)) return record;
    const owner = about.get(formerSourceId);
    return owner !== undefined && isSamePerson(owner, link) ? { ...record, sourceId: formerSourceId } : record;
  });
}

/**
 * Stores records that a file gives, in the transaction of `em`, as a feed by the mutations would: what staff did stands. Returns the
 * outcome of each; null if its sourceId belongs to a record about another person. What an import withdrew, because its file had it no
 * longer, comes back.
 */
export async function storeFed(
  kind: RecordKind,
  given: readonly FedRecord[],
  { agency, author, feed }: Feeding,
  em: EntityManager,
): Promise<(WriteOutcome | null)[]> {
  const known = await load(kind, given, agency, feed, em);
  const outcomes: (WriteOutcome | null)[] = [];
  for (const { sourceId, link, fields } of given) {
    const row = known.get(sourceId);
    outcomes.push(
      row === undefined
        ? WriteOutcome.CREATED
        : await again(
            kind,
            row,
            { feed, link, fields, revive: row.withdrawnBy?.startsWith(IMPORT) ?? false },
            author,
            em,
          ),
    );
  }
  // Only now, since a change of a record would count what is new as changed.
  for (const { sourceId, link, fields } of given.filter((record) => !known.has(record.sourceId))) {
    const authorship = authorshipOf(kind, null, fields, NO_MARKS, writerOfFile(author));
    const own = { linkId: link.id, agency, sourceId, ...authorship, ...fields };
    const row = em.create(kind.row, own as never) as RecordRow;
    em.persist([row, em.create(FedContent, { record: row.id, feed, content: fingerprintOf(fields) })]);
  }
  await em.flush();
  return outcomes;
}

/** The known records by their sourceIds, locked. What is decided about them by is loaded in as many statements as there are tables. */
async function load(
  kind: RecordKind,
  given: readonly FedRecord[],
  agency: string,
  feed: string,
  em: EntityManager,
): Promise<ReadonlyMap<string | null, RecordRow>> {
  const where = { agency, sourceId: { $in: given.map(({ sourceId }) => sourceId) } };
  const rows = await em.find(kind.row, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
  await em.find(Link, { id: { $in: rows.map(({ linkId }) => linkId) } });
  await em.find(FedContent, { record: { $in: rows.map(({ id }) => id) }, feed });
  return new Map(rows.map((row) => [row.sourceId, row]));
}

async function again(
  kind: RecordKind,
  row: RecordRow,
  fed: Parameters<typeof changeOfFeed>[2],
  author: string,
  em: EntityManager,
): Promise<WriteOutcome | null> {
  try {
    const decided = await changeOfFeed(em, row, fed);
    // The report counts it also where the file has nothing new for it: staff withdrew what the source still has.
    if ('stays' in decided) return WriteOutcome.WITHDRAWN;
    const written = await changeRow(em, kind, row, decided.change, NO_MARKS, writerOfFile(author));
    await rememberFed(em, row.id, fed.feed, fed.fields);
    return written.receipt.outcome;
  } catch (fault) {
    if (fault instanceof HubError && fault.extensions.code === 'CONFLICT') return null;
    throw fault;
  }
}

/**
 * Withdraws the records of these links that an earlier file gave, their sourceIds beginning with `source`, and that this file no
 * longer has. Returns their number. Records of staff stay.
 */
export async function withdrawUnfed(
  kind: RecordKind,
  source: string,
  links: readonly string[],
  given: readonly FedRecord[],
  { agency, author }: ImportTarget,
  em: EntityManager,
): Promise<number> {
  const still = new Set(given.map(({ sourceId }) => sourceId));
  const ofSource = `${source}%`;
  const where = { agency, linkId: { $in: [...links] }, sourceId: { $like: ofSource }, withdrawnAt: null };
  const rows = await em.find(kind.row, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
  const gone = rows.filter(({ sourceId }) => sourceId !== null && !still.has(sourceId));
  const withdrawn = { withdrawnAt: new Date(), withdrawnBy: author, changedAt: new Date() };
  for (const row of gone) em.assign(row, withdrawn as never);
  await em.flush();
  return gone.length;
}
