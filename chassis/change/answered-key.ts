import { OptionalProps } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { HubContext } from '../decide/context.ts';
import type { KeyTable } from './change.ts';
import type { WriteOutcome, WriteReceipt } from './receipt.ts';

/** The answer to a change with a key, and the grounds of its decision: ids and outcome, never a response. */
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

  /** Empty for links and assignments, which have no category. */
  @Property({ type: 'text' })
  category!: string;

  @Property({ type: 'uuid' })
  thing!: string;

  @Property({ type: 'integer' })
  version!: number;

  @Property({ type: 'text' })
  outcome!: WriteOutcome;

  @Property({ type: 'timestamptz', defaultRaw: 'now()' })
  recordedAt!: Date;
}

/** The youth and the category of a change that is permitted. */
export interface Permitted {
  readonly youthId: string;
  readonly category: string;
}

/**
 * The keys of a sector. `permit` decides whether the caller may have an earlier answer, and throws FORBIDDEN otherwise. A key that
 * was used for another input holds no earlier answer: it is refused only after the new input has been decided (C12).
 */
export function sectorKeys(
  context: HubContext,
  permit: (about: Permitted) => Promise<unknown>,
): KeyTable<Permitted, WriteReceipt> {
  const { subject: caller, agency } = context.caller;
  return {
    async replay(keyed) {
      const found = await context.sector.fork().findOne(AnsweredKey, { caller, agency, ...keyed });
      if (found === null) return null;
      await permit(found);
      return receiptOf(found);
    },
    async find(em, { mutation, key }) {
      const found = await em.findOne(AnsweredKey, { caller, agency, mutation, key });
      return found && { fingerprint: found.fingerprint, answer: receiptOf(found) };
    },
    keep(em, keyed, { youthId, category }, { id: thing, version, outcome }) {
      em.persist(em.create(AnsweredKey, { caller, agency, ...keyed, youthId, category, thing, version, outcome }));
    },
  };
}

function receiptOf({ thing: id, version, outcome }: AnsweredKey): WriteReceipt {
  return { id, version, outcome };
}
