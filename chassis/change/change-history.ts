import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { HubContext } from '../decide/context.ts';
import { WriteOutcome, type WriteReceipt } from './receipt.ts';

/**
 * One change, in the agency's own database. The access log has only the decision to write about a youth; the record is the agency's
 * own matter. `requestId` is the same as in the log's entry. Rows are added, never changed.
 */
@Entity({ tableName: 'change' })
export class Change {
  [OptionalProps]?: 'id' | 'at';

  @PrimaryKey({ type: 'uuid' })
  id: string = randomUUID();

  @Property({ type: 'timestamptz', defaultRaw: 'now()' })
  at!: Date;

  @Property({ type: 'uuid' })
  requestId!: string;

  @Property({ type: 'text' })
  caller!: string;

  /** The system that acted on the caller's behalf. */
  @Property({ type: 'text', nullable: true })
  actor: string | null = null;

  @Property({ type: 'text' })
  agency!: string;

  @Property({ type: 'text' })
  mutation!: string;

  @Property({ type: 'uuid' })
  youthId!: string;

  /** The record, link or assignment. */
  @Property({ type: 'uuid', index: true })
  thing!: string;

  /** The version after the change. */
  @Property({ type: 'integer' })
  version!: number;

  @Property({ type: 'text' })
  outcome!: WriteOutcome;

  /** The names of the properties that changed, never their values; null if the row is new. */
  @Property({ type: 'array', nullable: true })
  properties: string[] | null = null;
}

/** The result of a write, and the properties that it changed. */
export interface Written {
  readonly receipt: WriteReceipt;
  readonly changed?: readonly string[];
}

/** Adds a write to the history, in the write's transaction, and returns its receipt. A write that changed nothing is not added. */
export function keepHistory(
  em: EntityManager,
  { receipt, changed }: Written,
  about: { readonly mutation: string; readonly youthId: string },
  { caller: { subject: caller, actor, agency }, operation: { requestId } }: HubContext,
): WriteReceipt {
  const { id: thing, version, outcome } = receipt;
  const properties = changed === undefined ? null : [...changed];
  if (outcome !== WriteOutcome.UNCHANGED && properties?.length !== 0) {
    em.persist(em.create(Change, { requestId, caller, actor, agency, ...about, thing, version, outcome, properties }));
  }
  return receipt;
}
