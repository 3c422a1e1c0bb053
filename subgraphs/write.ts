import { isDeepStrictEqual } from 'node:util';
import {
  type EntityManager,
  LockMode,
  OptimisticLockError,
  UniqueConstraintViolationException,
} from '@mikro-orm/postgresql';
import { HubError } from '../schema/errors.ts';
import type { HubContext } from './context.ts';
import { Link, liveLink } from './links.ts';
import { Outcome, type Receipt } from './receipt.ts';
import type { RecordRow } from './record.ts';
import type { RecordKind } from './record-kind.ts';

/** What `record…` takes beside the record's own fields. */
export interface Recording {
  readonly youthId: string;
  readonly sourceId: string | null;
  readonly textCleared: boolean;
}

/**
 * Records something about a linked youth, or changes what the same system recorded under the same sourceId. FORBIDDEN when
 * the caller may not write about the youth, whatever else is true of it; BAD_USER_INPUT when the agency has no link to it.
 */
export async function record(
  kind: RecordKind,
  given: Recording,
  fields: object,
  context: HubContext,
): Promise<Receipt> {
  checkFields(kind, fields);
  await demandPermit('WRITE', kind.category, given.youthId, `record${kind.name}`, context);
  return transactionally(context, async (em) => {
    const link = await liveLink(em, context, given.youthId);
    if (link === null) {
      throw new HubError(
        'BAD_USER_INPUT',
        'Your agency has no link to this youth. Link the youth first, then record.',
        {
          field: 'input.youthId',
        },
      );
    }
    const known = given.sourceId === null ? null : await findBySource(em, kind, given.sourceId, context);
    if (known !== null) return upsert(em, kind, known, link, given, fields, authorOf(context));
    const row = em.create(kind.row, {
      linkId: link.id,
      agency: link.agency,
      author: authorOf(context),
      sourceId: given.sourceId,
      textCleared: given.textCleared,
      ...fields,
    } as never);
    await em.persist(row).flush();
    return { id: row.id, version: row.version, outcome: Outcome.CREATED };
  });
}

/** Replaces the record's own fields. CONFLICT when `version` is given and is not the record's any more. */
export async function correct(
  kind: RecordKind,
  given: { readonly id: string; readonly version: number | null },
  fields: object,
  context: HubContext,
): Promise<Receipt> {
  checkFields(kind, fields);
  return changing(kind, given, `correct${kind.name}`, context, (row) => {
    // C10: the mark belongs to the text; a new text has not been read for other persons yet, and has a new author.
    return changesText(kind, row, fields) ? { ...fields, textCleared: false, author: authorOf(context) } : fields;
  });
}

/** Takes a record back that was made by mistake: it is kept and read by nobody. */
export async function withdraw(
  kind: RecordKind,
  given: { readonly id: string; readonly version: number | null },
  context: HubContext,
): Promise<Receipt> {
  const receipt = await changing(kind, given, `withdraw${kind.name}`, context, () => ({ withdrawnAt: new Date() }));
  return { ...receipt, outcome: Outcome.WITHDRAWN };
}

async function changing(
  kind: RecordKind,
  { id, version }: { readonly id: string; readonly version: number | null },
  mutation: string,
  context: HubContext,
  change: (row: RecordRow) => object,
): Promise<Receipt> {
  const youthId = await youthOf(kind, id, context);
  await demandPermit('WRITE', kind.category, youthId ?? NOBODY, mutation, context);
  if (youthId === null) throw HubError.constant('FORBIDDEN');
  return transactionally(context, async (em) => {
    const row = await em.findOneOrFail(kind.row, { id, withdrawnAt: null }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (version !== null && version !== row.version) throw conflict();
    em.assign(row, change(row) as never);
    return flushed(em, row);
  });
}

async function upsert(
  em: EntityManager,
  kind: RecordKind,
  row: RecordRow,
  link: Link,
  given: Recording,
  fields: object,
  by: string,
): Promise<Receipt> {
  if (row.linkId !== link.id) {
    const former = await em.findOneOrFail(Link, row.linkId);
    if (former.identityNumber !== link.identityNumber) {
      throw new HubError(
        'CONFLICT',
        'This sourceId is taken by a record about another person. Use one sourceId per record.',
        {
          field: 'input.sourceId',
        },
      );
    }
  }
  const author = changesText(kind, row, fields) ? by : row.author;
  // C10: only the author of a text marks it.
  const textCleared = (author === by && given.textCleared) || (author === row.author && row.textCleared);
  em.assign(row, { ...fields, linkId: link.id, withdrawnAt: null, author, textCleared } as never);
  return flushed(em, row);
}

function changesText(kind: RecordKind, row: RecordRow, fields: object): boolean {
  // Copied first: a list of texts comes as plain objects from the database and as an input's classes from the caller.
  return (kind.freeText ?? []).some(
    (name) => !isDeepStrictEqual(structuredClone(Reflect.get(row, name)), structuredClone(Reflect.get(fields, name))),
  );
}

async function flushed(em: EntityManager, row: RecordRow): Promise<Receipt> {
  const unit = em.getUnitOfWork();
  unit.computeChangeSets();
  const isChanged = unit.getChangeSets().length > 0;
  if (isChanged) row.changedAt = new Date();
  await em.flush();
  return { id: row.id, version: row.version, outcome: isChanged ? Outcome.CHANGED : Outcome.UNCHANGED };
}

function findBySource(
  em: EntityManager,
  kind: RecordKind,
  sourceId: string,
  context: HubContext,
): Promise<RecordRow | null> {
  return em.findOne(kind.row, { sourceId, agency: context.caller.agency }, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

/** Stands for the youth of a record that there is not: the attempt is decided, logged and denied like any other. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** The youth that a record of the caller's agency is about; null for no record and for another agency's. */
export async function youthOf(kind: RecordKind, id: string, context: HubContext): Promise<string | null> {
  const em = context.sector.fork();
  const row = await em.findOne(
    kind.row,
    { id, agency: context.caller.agency, withdrawnAt: null },
    { fields: ['id', 'linkId'] },
  );
  const link = row === null ? null : await em.findOne(Link, { id: row.linkId, endedAt: null });
  return link?.youthId ?? null;
}

/**
 * Asks the registry, which logs it, whether the caller may change the own agency's matters about the youth (C3): its records
 * of a category, or, where `category` is empty, its link or assignments. FORBIDDEN when not.
 */
export async function demandPermit(
  action: 'WRITE' | 'LINK' | 'MANAGE',
  category: string,
  youthId: string,
  mutation: string,
  context: HubContext,
): Promise<void> {
  const asked = [{ category, whereabouts: false, fields: [mutation] }];
  const permits = await authorized(context.authorize(action, asked, [youthId]));
  if (permits.length === 0) throw HubError.constant('FORBIDDEN');
}

/** The answer of `authorize`, or LOG_UNAVAILABLE: without a log nothing is done (C13). */
export async function authorized<T>(decision: Promise<T>): Promise<T> {
  try {
    return await decision;
  } catch (cause) {
    throw HubError.constant('LOG_UNAVAILABLE', cause);
  }
}

/** Runs a write in one transaction; two writers of the same thing give CONFLICT. */
export async function transactionally<T>(context: HubContext, write: (em: EntityManager) => Promise<T>): Promise<T> {
  try {
    return await context.sector.fork().transactional(write);
  } catch (cause) {
    if (cause instanceof UniqueConstraintViolationException || cause instanceof OptimisticLockError)
      throw conflict(cause);
    throw cause;
  }
}

/** Who a record's author is: the system that acts, else the person. */
export function authorOf({ caller }: HubContext): string {
  return caller.actor ?? caller.subject;
}

function conflict(cause?: unknown): HubError {
  return new HubError(
    'CONFLICT',
    'It was changed in the meantime. Read it again, then decide whether your change still holds.',
    { cause },
  );
}

function checkFields(kind: RecordKind, fields: object): void {
  const [fault] = kind.faults?.(fields) ?? [];
  if (fault !== undefined) throw new HubError('BAD_USER_INPUT', fault.message, { field: `input.${fault.field}` });
}
