import { type EntityManager, type FilterQuery, LockMode } from '@mikro-orm/postgresql';
import { IMPORT } from '../../schema/caller.ts';
import { HubError } from '../../schema/errors.ts';
import { authorOf, demandVersion } from '../change/change.ts';
import type { Written } from '../change/change-history.ts';
import { demandKey, type KeyedInput } from '../change/keyed-change.ts';
import { type About, changeOwn } from '../change/own-change.ts';
import { WriteOutcome, type WriteReceipt } from '../change/receipt.ts';
import type { HubContext } from '../decide/context.ts';
import { Link, liveLink } from '../youth/links.ts';
import { changeOfFeed, rememberFed } from './feed.ts';
import type { RecordRow } from './record.ts';
import type { InputFault, Making, RecordKind } from './record-kind.ts';
import { unseatedAgencies } from './seated.ts';
import { authorshipOf, demandMarker, type GivenMarks, type Writer, writerOf } from './text-marks.ts';

/** The input of a mutation that makes a record, beside the record's own fields. */
export interface Recording extends KeyedInput, GivenMarks {
  readonly youthId: string;
  readonly sourceId: string | null;
  /** True to bring back the withdrawn record that `sourceId` names. */
  readonly revive?: true | null | undefined;
}

/** The name of a record: its id or, for the system that feeds it, its sourceId. */
export interface RecordName {
  readonly id?: string | null | undefined;
  readonly sourceId?: string | null | undefined;
}

/** The input of a mutation that changes a record of the caller's agency. */
export interface Changing extends KeyedInput, RecordName {
  readonly version?: number | null | undefined;
}

/**
 * Records something about a linked youth, changes the record that the same system made under the same sourceId, or completes
 * the record that the input names. What staff did stands against a feed (changeOfFeed). FORBIDDEN if the caller may not write about
 * the youth, whatever else is true of the youth; BAD_USER_INPUT if the agency has no link to the youth, or if neither sourceId nor a
 * key identifies the record.
 */
export function record(
  kind: RecordKind,
  { mutation, completes }: Making,
  given: Recording,
  fields: object,
  context: HubContext,
): Promise<WriteReceipt> {
  checkFields(kind, fields);
  demandSystem(given.sourceId, context);
  demandSource(given);
  demandMarker(given, context);
  const begun: unknown = completes === undefined ? null : Reflect.get(fields, completes.field);
  if (given.sourceId === null && begun == null) demandKey(given);
  const own = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== completes?.field));
  const about = { youthId: given.youthId.toLowerCase(), category: kind.category };
  const input = { ...given, ...fields };
  return changeOwn(
    { action: 'WRITE', mutation, input },
    () => about,
    context,
    async (em, { protection }) => {
      const writer = writerOf(context, protection);
      const link = await demandLink(em, about.youthId, context);
      throwFirst((await kind.faultsBeside?.(own, link.id, em)) ?? []);
      throwFirst(await unseatedAgencies(kind, own, link.id, em, context));
      if (typeof begun === 'string' && completes !== undefined) {
        const row = await findBegun(em, kind, completes, begun, link);
        return changeRow(em, kind, row, own, given, writer);
      }
      const known = await findBySource(em, kind, given.sourceId, context);
      if (known !== null) {
        const fed = { feed: mutation, link, fields: own, revive: given.revive === true };
        const decided = await changeOfFeed(em, known, fed);
        if ('stays' in decided) return decided.stays;
        const written = await changeRow(em, kind, known, decided.change, given, writer);
        await rememberFed(em, known.id, mutation, own);
        return written;
      }
      const row = em.create(kind.row, {
        linkId: link.id,
        agency: link.agency,
        sourceId: given.sourceId,
        ...authorshipOf(kind, null, own, given, writer),
        ...own,
      } as never);
      await em.persist(row).flush();
      if (given.sourceId !== null) await rememberFed(em, row.id, mutation, own);
      return { receipt: { id: row.id, version: row.version, outcome: WriteOutcome.CREATED } };
    },
  );
}

/** Replaces the record's own fields. CONFLICT if `version` is given and is not the latest any more. */
export function correct(
  kind: RecordKind,
  given: Changing & GivenMarks,
  fields: object,
  context: HubContext,
): Promise<WriteReceipt> {
  checkFields(kind, fields);
  demandMarker(given, context);
  const input = { ...given, ...fields };
  return changeRecord(kind, `correct${kind.name}`, given, input, context, async (row, em, protection) => {
    throwFirst((await kind.faultsBeside?.(fields, row.linkId, em)) ?? []);
    throwFirst(await unseatedAgencies(kind, fields, row.linkId, em, context));
    return { ...fields, ...authorshipOf(kind, row, fields, given, writerOf(context, protection)) };
  });
}

/** Records that stand, and those that an import withdrew, because its file had them no longer. */
const NOT_WITHDRAWN_BY_STAFF: FilterQuery<RecordRow> = {
  $or: [{ withdrawnAt: null }, { withdrawnBy: { $like: `${IMPORT}%` } }],
};

/**
 * Withdraws a record that was made by mistake: it is kept, and nobody reads it. What an import withdrew may be withdrawn as well: then it
 * does not come back with a file.
 */
export function withdraw(kind: RecordKind, given: Changing, context: HubContext): Promise<WriteReceipt> {
  return changeRecord(
    kind,
    `withdraw${kind.name}`,
    given,
    given,
    context,
    () => ({ withdrawnAt: new Date(), withdrawnBy: authorOf(context) }),
    { outcome: WriteOutcome.WITHDRAWN, among: NOT_WITHDRAWN_BY_STAFF },
  );
}

/**
 * Changes a record of the caller's agency, of a known kind. FORBIDDEN if the caller may not, whether or not the record exists.
 * The version is looked at only after that (C12).
 */
export function changeRecord(
  kind: RecordKind,
  mutation: string,
  { id, sourceId, version }: Changing,
  input: KeyedInput,
  context: HubContext,
  changeOf: (row: RecordRow, em: EntityManager, protection: string | null) => object | Promise<object>,
  { outcome, among }: { readonly outcome?: WriteOutcome; readonly among?: FilterQuery<RecordRow> } = {},
): Promise<WriteReceipt> {
  const where = whereOf({ id, sourceId }, context, among);
  const find = async (): Promise<About> => ({ youthId: await youthOf(kind, where, context), category: kind.category });
  return changeOwn({ action: 'WRITE', mutation, input }, find, context, async (em, { protection }) => {
    const row = await lockRecord(em, kind, where);
    demandVersion(version, row);
    em.assign(row, (await changeOf(row, em, protection)) as never);
    const done = await flushed(em, row);
    return outcome === undefined ? done : { ...done, receipt: { ...done.receipt, outcome } };
  });
}

/** The condition that finds the named record of the caller's agency, by default if it is not withdrawn. BAD_USER_INPUT unless it has exactly one name. */
export function whereOf(
  { id, sourceId }: RecordName,
  context: HubContext,
  among: FilterQuery<RecordRow> = { withdrawnAt: null },
): FilterQuery<RecordRow> {
  demandSystem(sourceId ?? null, context);
  const { agency } = context.caller;
  if (id != null && sourceId == null) return { $and: [{ id, agency }, among] };
  if (id == null && sourceId != null) return { $and: [{ sourceId, agency }, among] };
  const expected = 'Name the record by its id, or as the system that feeds it by its sourceId: send one of the two.';
  throw new HubError('BAD_USER_INPUT', expected, { field: 'input.id' });
}

/** The record, locked for this transaction. FORBIDDEN if it was withdrawn since it was found. */
export async function lockRecord(
  em: EntityManager,
  kind: RecordKind,
  where: FilterQuery<RecordRow>,
): Promise<RecordRow> {
  const row = await em.findOne(kind.row, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (row === null) throw HubError.constant('FORBIDDEN');
  return row;
}

/** The youth that a record is about; null if no record meets the condition. */
export async function youthOf(
  kind: RecordKind,
  where: FilterQuery<RecordRow>,
  context: HubContext,
): Promise<string | null> {
  const em = context.sector.fork();
  const row = await em.findOne(kind.row, where, { fields: ['id', 'linkId'] });
  const link = row === null ? null : await em.findOne(Link, { id: row.linkId, endedAt: null });
  return link?.youthId ?? null;
}

/** Whether a sourceId is taken reveals that a record exists, so only systems, which write about everybody, may use one (C12). */
function demandSystem(sourceId: string | null, context: HubContext): void {
  if (sourceId === null || context.hasRole(['SYSTEM'])) return;
  throw new HubError('BAD_USER_INPUT', 'sourceId is only for systems that feed records. Leave it out.', {
    field: 'input.sourceId',
  });
}

function demandSource({ sourceId, revive }: Recording): void {
  if (sourceId !== null || revive !== true) return;
  const expected = 'revive brings back the record that sourceId names. Send both, or leave revive out.';
  throw new HubError('BAD_USER_INPUT', expected, { field: 'input.revive' });
}

async function demandLink(em: EntityManager, youthId: string, context: HubContext): Promise<Link> {
  const link = await liveLink(em, context, youthId);
  if (link !== null) return link;
  throw new HubError('BAD_USER_INPUT', 'Your agency has no link to this youth. Link the youth first, then record.', {
    field: 'input.youthId',
  });
}

/** The record that an input completes. The fault is the same for no record, another youth's and another agency's. */
async function findBegun(
  em: EntityManager,
  kind: RecordKind,
  { field, isOpen, expected }: NonNullable<Making['completes']>,
  id: string,
  { id: linkId }: Link,
): Promise<RecordRow> {
  const row = await em.findOne(kind.row, { id, linkId, withdrawnAt: null }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (row === null)
    throw new HubError(
      'BAD_USER_INPUT',
      `${field} must be ${expected}. Compare it, or leave it out to make a new record.`,
      { field: `input.${field}` },
    );
  if (isOpen(row)) return row;
  throw new HubError('CONFLICT', `${field} must be ${expected}. This one is complete already: correct it instead.`);
}

function findBySource(
  em: EntityManager,
  kind: RecordKind,
  sourceId: string | null,
  context: HubContext,
): Promise<RecordRow | null> {
  if (sourceId === null) return Promise.resolve(null);
  return em.findOne(kind.row, { sourceId, agency: context.caller.agency }, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

/** Changes the fields of a record, and what follows for its author and its marks (C10, C16). BAD_USER_INPUT if they do not fit. */
export async function changeRow(
  em: EntityManager,
  kind: RecordKind,
  row: RecordRow,
  fields: object,
  given: GivenMarks,
  writer: Writer,
): Promise<Written> {
  // A mutation may fill in only some of the record's fields: the new ones must fit those that stay.
  checkFields(kind, { ...row, ...fields });
  em.assign(row, { ...fields, ...authorshipOf(kind, row, fields, given, writer) } as never);
  return flushed(em, row);
}

async function flushed(em: EntityManager, row: RecordRow): Promise<Written> {
  const unit = em.getUnitOfWork();
  unit.computeChangeSets();
  const changed = unit.getChangeSets().flatMap(({ payload }) => Object.keys(payload));
  if (changed.length > 0) row.changedAt = new Date();
  await em.flush();
  const outcome = changed.length > 0 ? WriteOutcome.CHANGED : WriteOutcome.UNCHANGED;
  return { receipt: { id: row.id, version: row.version, outcome }, changed };
}

function checkFields(kind: RecordKind, fields: object): void {
  throwFirst(kind.faults?.(fields) ?? []);
}

function throwFirst([fault]: readonly InputFault[]): void {
  if (fault !== undefined) throw new HubError('BAD_USER_INPUT', fault.message, { field: `input.${fault.field}` });
}
