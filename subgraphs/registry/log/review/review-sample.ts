import { randomBytes } from 'node:crypto';
import { Arg, Ctx, Directive, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../../chassis/decide/context.ts';
import { holdsIdentityNumber } from '../../../../chassis/input/plain-text.ts';
import { DateTime } from '../../../../chassis/input/scalars.ts';
import { Bindings, statement } from '../../../../chassis/statement.ts';
import { HubError } from '../../../../schema/errors.ts';
import { isToldSql } from '../../sql/ending.ts';
import { AccessLogEntry } from '../read/access-log.ts';
import {
  branchesOf,
  ENTRY_COLUMNS,
  type EntryAnswer,
  entryOf,
  entrySources,
  selectionOf,
} from '../read/access-log-query.ts';
import { demandInterval, type LogReader, readLog } from '../read/access-reader.ts';
import { answerOf } from '../read/access-time.ts';

const READERS = '@restricted(roles: [AUDITOR, MANAGER])';

/** A sample is drawn from this many days at most: the systematic review is made month by month. */
const LONGEST_DAYS = 31;
const DAY_MS = 86_400_000;
const LARGEST_SAMPLE = 200;
const SEED = /^[A-Za-z0-9_-]{1,64}$/;

/** Entries drawn at random. */
@Directive(READERS)
@ObjectType('ReviewSample', { description: 'Entries drawn at random for the systematic review (slumpmässigt urval).' })
export class ReviewSample {
  @Field(() => String, { nullable: true, description: 'The seed. The same seed draws the same entries again.' })
  seed!: string;

  @Field(() => [AccessLogEntry], { nullable: true, description: 'The drawn entries, in the order of drawing.' })
  entries!: AccessLogEntry[];
}

/** What a sample is drawn from. */
export interface Draw {
  readonly from: Date;
  readonly to: Date;
  readonly size: number;
  readonly seed: string;
}

/** The statement that draws. Who has seed and entries can draw again, anywhere: the smallest hashes of seed and id are drawn. */
export function sampleQuery({ from, to, size, seed }: Draw, reading: LogReader) {
  const bindings = new Bindings();
  const { bind } = bindings;
  const selection = selectionOf({ from, to }, reading, bind);
  const drawn = `sha256(convert_to(${bind(seed, 'text')} || ' ' || e.id::text, 'UTF8'))`;
  const order = `ORDER BY drawn LIMIT ${bind(size, 'int')}`;
  const branches = branchesOf(selection).map(
    (where) => `(SELECT e.*, ${drawn} AS drawn FROM registry.entry e
      WHERE ${where} AND e.kind = 'DECISION' AND NOT ${selection.own()} ${order})`,
  );
  const text = `SELECT ${ENTRY_COLUMNS} FROM (SELECT * FROM (${branches.join(' UNION ALL ')}) AS lots ${order}) e
    ${entrySources(selection.own())} ORDER BY e.drawn`;
  return bindings.statement(text);
}

/** `reviewSample`: a random sample that can be drawn again. */
@Resolver()
export class ReviewSampleResolver {
  @Directive(READERS)
  @Query(() => ReviewSample, {
    nullable: true,
    description: `Draws entries at random from the decisions that you may read, within at most ${LONGEST_DAYS} days that have passed. Your own entries are left out. Drawing adds an entry to the log, which names the seed. The same seed, interval and size draw the same entries again, for everybody with the same right to read. The drawn entries are those with the smallest SHA-256 of the seed, a space and the entry’s id.`,
  })
  async reviewSample(
    @Arg('from', () => DateTime, { description: 'From this instant on.' }) from: Date,
    @Arg('to', () => DateTime, { description: 'Before this instant, which must have passed.' }) to: Date,
    @Arg('size', () => Int, { description: `The number of entries to draw, from 1 to ${LARGEST_SAMPLE}.` })
    size: number,
    @Arg('seed', () => String, {
      nullable: true,
      description:
        'Draws the same entries again: 1 to 64 letters, digits, - and _. If you leave it out, the hub makes one.',
    })
    seed: string | null,
    @Ctx() context: HubContext,
  ): Promise<ReviewSample> {
    demandInterval({ from, to }, 'from', LONGEST_DAYS * DAY_MS);
    const draw = { from, to, size: sizeOf(size), seed: seedOf(seed ?? null) };
    await demandOver(to, context);
    const how = [`seed:${draw.seed}`, `size:${size}`, `from:${from.toISOString()}`, `to:${to.toISOString()}`];
    const reading = await readLog('reviewSample', {}, context, how);
    const drawn = await answerOf<EntryAnswer>(sampleQuery(draw, reading), context);
    return { seed: draw.seed, entries: drawn.map(entryOf) };
  }
}

function sizeOf(size: number): number {
  if (size >= 1 && size <= LARGEST_SAMPLE) return size;
  throw new HubError('BAD_USER_INPUT', `size is a whole number from 1 to ${LARGEST_SAMPLE}.`, { field: 'size' });
}

function seedOf(seed: string | null): string {
  if (seed === null) return randomBytes(16).toString('hex');
  // The log names the seed.
  if (SEED.test(seed) && !holdsIdentityNumber(seed)) return seed;
  const expected =
    'seed is 1 to 64 letters, digits, - and _, and no personal identity number. Leave it out to have one made.';
  throw new HubError('BAD_USER_INPUT', expected, { field: 'seed' });
}

const IS_OVER = statement<{ readonly to: Date }>(
  'sample interval is over',
  `SELECT ${isToldSql(':to::timestamptz')} AS over`,
);

/** Entries are still being written and shown: what is drawn now would not be drawn again. */
async function demandOver(to: Date, { sector }: HubContext): Promise<void> {
  const { rows } = await sector.pool.query<{ over: boolean }>(IS_OVER({ to }));
  if (rows[0]?.over === true) return;
  throw new HubError('BAD_USER_INPUT', 'to is an instant that has passed, so that the same can be drawn again.', {
    field: 'to',
  });
}
