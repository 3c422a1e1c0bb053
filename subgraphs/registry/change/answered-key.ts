import { OptionalProps } from '@mikro-orm/core';
import { Entity, Enum, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { EntityManager } from '@mikro-orm/postgresql';
import { IsOptional, Min } from 'class-validator';
import { Field, InputType, Int } from 'type-graphql';
import { type KeyedChange, KeyedInput, usedKey } from '../../../chassis/change/keyed-change.ts';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { AgencyRow } from '../catalogue/agency.ts';
import { appendSql, asker, logged } from '../entry/log.ts';
import { RecordedAt, References, Text } from '../sql/storage.ts';
import { Outcome } from './outcome.ts';

/** What a change to something that is there already takes beside its own fields; but for what C6 lets nothing keep out. */
@InputType('RevisedInput')
export class RevisedInput extends KeyedInput {
  @IsOptional()
  @Min(1)
  @Field(() => Int, {
    nullable: true,
    description:
      'The revision of what you change, as you read it: CONFLICT when it has changed since. Leave it out to change it as it is now.',
  })
  expectedRevision!: number | null;
}

/** What a change with a key answered: ids and outcome, never a response. */
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

/** What a change answered. */
interface Answer {
  readonly id: string;
  readonly outcome: Outcome;
  readonly revision: number | null;
}

interface Answered extends Answer {
  readonly fingerprint: string;
}

const ANSWERED = `
  WITH found AS MATERIALIZED (
    SELECT k.thing AS id, k.outcome, k.revision, k.fingerprint FROM registry.answered_key k
    JOIN registry.agency own ON own.id = k.agency AND own.code = $7
    WHERE k.caller = $4 AND k.mutation = $8 AND k.key = $9
  ), written AS (
    ${appendSql('CHANGE', 'found.fingerprint = $10', { name: '$8', thing: 'found.id' }, 'FROM found')}
  )
  SELECT id, outcome, revision, fingerprint FROM found`;

/** What this very change has answered the caller before, or null; the replay is an entry. */
export async function replayed(change: KeyedChange, context: HubContext): Promise<Answer | null> {
  const values = [...asker(context), change.mutation, change.key, change.fingerprint];
  const [found] = await logged<Answered>({ name: 'answered key', text: ANSWERED, values }, context);
  return found === undefined ? null : sameOf(found, change);
}

/**
 * Takes the key for the rest of the transaction: of two that come at once the second waits, and finds what the first
 * answered.
 */
export async function takeKey(
  em: EntityManager,
  change: KeyedChange,
  caller: string,
  agency: number,
): Promise<Answer | null> {
  const { mutation, key } = change;
  const place = JSON.stringify([caller, agency, mutation, key]);
  await em.execute('SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [place]);
  const found = await em.findOne(AnsweredKeyRow, { caller, agency, mutation, key });
  return found === null ? null : sameOf({ ...found, id: found.thing }, change);
}

function sameOf({ id, outcome, revision, fingerprint }: Answered, change: KeyedChange): Answer {
  if (fingerprint === change.fingerprint) return { id, outcome, revision };
  throw usedKey();
}
