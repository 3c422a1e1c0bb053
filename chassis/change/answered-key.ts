import { OptionalProps } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { HubContext } from '../decide/context.ts';
import { type KeyedChange, usedKey } from './keyed-change.ts';
import type { Outcome, Receipt } from './receipt.ts';

/** What a change with a key answered, and on what it was decided: ids and outcome, never a response. */
@Entity({ tableName: 'answered_key' })
export class AnsweredKey {
  [OptionalProps]?: 'recordedAt';

  @PrimaryKey({ type: 'text' })
  caller!: string;

  @PrimaryKey({ type: 'text' })
  agency!: string;

  @PrimaryKey({ type: 'text' })
  mutation!: string;

  @PrimaryKey({ type: 'text' })
  key!: string;

  /** SHA-256 of the input. */
  @Property({ type: 'text' })
  fingerprint!: string;

  @Property({ type: 'uuid' })
  youthId!: string;

  /** Empty for links and assignments, which are of no category. */
  @Property({ type: 'text' })
  category!: string;

  @Property({ type: 'uuid' })
  thing!: string;

  @Property({ type: 'integer' })
  version!: number;

  @Property({ type: 'text' })
  outcome!: Outcome;

  @Property({ type: 'timestamptz', defaultRaw: 'now()' })
  recordedAt!: Date;
}

/**
 * What this very change has answered the caller before, or null. A key that was used for another input is not found here:
 * that is told only after the other input has been decided (C12).
 */
export function answeredBefore(change: KeyedChange, context: HubContext): Promise<AnsweredKey | null> {
  return context.sector.fork().findOne(AnsweredKey, { ...placeOf(change, context), fingerprint: change.fingerprint });
}

/**
 * Takes the key for the rest of the transaction: of two that come at once the second waits, and finds what the first
 * answered. BAD_USER_INPUT when that was for another input.
 */
export async function takeKey(
  em: EntityManager,
  change: KeyedChange,
  context: HubContext,
): Promise<AnsweredKey | null> {
  const place = placeOf(change, context);
  await em.execute('SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [JSON.stringify(Object.values(place))]);
  const found = await em.findOne(AnsweredKey, place);
  if (found !== null && found.fingerprint !== change.fingerprint) throw usedKey();
  return found;
}

/** Keeps what a change answered, with its key, in its transaction. */
export function keepAnswer(
  em: EntityManager,
  change: KeyedChange,
  about: { readonly youthId: string; readonly category: string },
  { id: thing, version, outcome }: Receipt,
  context: HubContext,
): void {
  const { fingerprint } = change;
  const { youthId, category } = about;
  em.persist(
    em.create(AnsweredKey, { ...placeOf(change, context), fingerprint, youthId, category, thing, version, outcome }),
  );
}

/** The receipt that was given with a key. */
export function receiptOf({ thing: id, version, outcome }: AnsweredKey): Receipt {
  return { id, version, outcome };
}

/** A key is one caller's, in one agency, for one mutation. */
function placeOf({ mutation, key }: KeyedChange, { caller }: HubContext) {
  return { caller: caller.subject, agency: caller.agency, mutation, key };
}
