import { OptionalProps } from '@mikro-orm/core';
import { Entity, Enum, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { IsOptional, Min } from 'class-validator';
import { Field, InputType, Int } from 'type-graphql';
import type { KeyTable } from '../../../chassis/change/change.ts';
import { answerTo, type KeyedChange, KeyedInput } from '../../../chassis/change/keyed-change.ts';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { statement } from '../../../chassis/statement.ts';
import { AgencyRow } from '../catalogue/agency.ts';
import { type Asker, appendSql, asker, logged } from '../entry/log.ts';
import { RecordedAt, References, Text } from '../sql/storage.ts';
import { Outcome } from './outcome.ts';

/** The fields that a change to an existing thing takes beside its own, except the changes that C6 lets nothing keep out. */
@InputType('RevisedInput')
export class RevisedInput extends KeyedInput {
  @IsOptional()
  @Min(1)
  @Field(() => Int, {
    nullable: true,
    description:
      'The revision that you read of the thing that you change. CONFLICT if it has changed since. If you leave it out, the change applies to the present state.',
  })
  expectedRevision!: number | null;
}

/** The answer to a change with a key: ids and outcome, never a response. */
@Entity({ tableName: 'answered_key' })
export class AnsweredKeyRow {
  [OptionalProps]?: 'recordedAt';

  @PrimaryKey({ type: 'text' })
  caller!: string;

  @References(() => AgencyRow, { primary: true })
  agency!: number;

  @PrimaryKey({ type: 'text' })
  mutation!: string;

  @PrimaryKey({ type: 'text' })
  key!: string;

  /** SHA-256 of the input. */
  @Text()
  fingerprint!: string;

  @Property({ type: 'uuid' })
  thing!: string;

  @Enum({ items: () => Outcome })
  outcome!: Outcome;

  @Property({ type: 'integer', nullable: true })
  revision!: number | null;

  @RecordedAt()
  recordedAt!: Date;
}

/** The answer to a change. */
interface Answer {
  readonly id: string;
  readonly outcome: Outcome;
  readonly revision: number | null;
}

const ANSWERED = statement<Asker & KeyedChange>(
  'answered key',
  `
  WITH found AS MATERIALIZED (
    SELECT k.thing AS id, k.outcome, k.revision, k.fingerprint FROM registry.answered_key k
    JOIN registry.agency own ON own.id = k.agency AND own.code = :agency
    WHERE k.caller = :caller AND k.mutation = :mutation AND k.key = :key
  ), written AS (
    ${appendSql('CHANGE', 'found.fingerprint = :fingerprint', { name: ':mutation', thing: 'found.id' }, 'FROM found')}
  )
  SELECT id, outcome, revision, fingerprint FROM found`,
);

/**
 * The keys of the registry. An earlier answer is given even if the change could not be made now, since the change itself may have
 * ended the grounds for it. Each replay is an entry, which is not permitted if the key was used for another input.
 */
export function registryKeys(context: HubContext): KeyTable<{ readonly agency: number }, Answer> {
  const { subject: caller } = context.caller;
  return {
    async replay(keyed) {
      const [found] = await logged<Answer & { readonly fingerprint: string }>(
        ANSWERED({ ...asker(context), ...keyed }),
        context,
      );
      if (found === undefined) return null;
      const { fingerprint, ...answer } = found;
      return answerTo(keyed, { fingerprint, answer });
    },
    async find(em, { mutation, key }, { agency }) {
      const found = await em.findOne(AnsweredKeyRow, { caller, agency, mutation, key });
      if (found === null) return null;
      const { thing: id, outcome, revision, fingerprint } = found;
      return { fingerprint, answer: { id, outcome, revision } };
    },
    keep(em, keyed, { agency }, { id: thing, outcome, revision }) {
      em.persist(em.create(AnsweredKeyRow, { ...keyed, caller, agency, thing, outcome, revision }));
    },
  };
}
