import { createHash, randomBytes } from 'node:crypto';
import { Arg, Ctx, Directive, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../../chassis/decide/context.ts';
import { DateTime, TreeSize } from '../../../../chassis/input/scalars.ts';
import { Bindings, statement } from '../../../../chassis/statement.ts';
import { HubError } from '../../../../schema/errors.ts';
import { holdsIdentityNumber } from '../../../../schema/identity-number.ts';
import { isToldSql } from '../../sql/ending.ts';
import { AccessLogEntry } from '../read/access-log.ts';
import { branchesOf, readerOf, selectionOf } from '../read/access-log-query.ts';
import { demandInterval, type LogReader, readLog } from '../read/access-reader.ts';
import { answerOf } from '../read/access-time.ts';
import { entrySql } from '../read/condition.ts';
import { ENTRY_COLUMNS, type EntryAnswer, entryOf, entrySources } from '../read/entry-answer.ts';

const READERS = '@restricted(roles: [AUDITOR, MANAGER])';

/** A sample is drawn from this many days at most: the systematic review is made month by month. */
const LONGEST_DAYS = 31;
const DAY_MS = 86_400_000;
const LARGEST_SAMPLE = 200;
const SEED = /^[A-Za-z0-9_-]{1,64}$/;

/** Draws beyond this many are not made: a reader who may read little of the log gets fewer entries than asked for. */
const MOST_DRAWS = 20_000;
/** Draws that one statement looks up. */
const DRAWS_AT_ONCE = 2_000;

/** Entries drawn at random. */
@Directive(READERS)
@ObjectType('ReviewSample', {
  description:
    'Entries drawn at random for the systematic review (slumpmässigt urval). Anybody with the seed, the frame and the sealed log can draw them again: docs/log.md describes how.',
})
export class ReviewSample {
  @Field(() => String, { nullable: true, description: 'The seed. The same seed draws the same entries again.' })
  seed!: string;

  @Field(() => TreeSize, { nullable: true, description: 'The first leaf of the frame that the draws are made from.' })
  firstLeaf!: number;

  @Field(() => TreeSize, { nullable: true, description: 'The leaf after the last one of the frame.' })
  beyondLeaf!: number;

  @Field(() => Int, { nullable: true, description: 'The number of draws that were made for these entries.' })
  draws!: number;

  @Field(() => [AccessLogEntry], { nullable: true, description: 'The drawn entries, in the order of drawing.' })
  entries!: AccessLogEntry[];
}

/** The leaves that a sample is drawn from: from the first on, and before the second. */
export interface Frame {
  readonly first: number;
  readonly beyond: number;
}

/** A draw: its number, the leaf, and a number by which the unit of the leaf's row is chosen. */
export interface Lot {
  readonly draw: number;
  readonly leaf: number;
  readonly pick: number;
}

/** The lot of a draw: of the SHA-256 of seed, a space and the draw's number, six bytes choose the leaf and six the unit. */
export function lotOf(seed: string, draw: number, { first, beyond }: Frame): Lot {
  const hash = createHash('sha256').update(`${seed} ${draw}`).digest();
  return { draw, leaf: first + (hash.readUIntBE(0, 6) % (beyond - first)), pick: hash.readUIntBE(6, 6) };
}

/**
 * The statement that looks up what these lots have drawn of the decisions that the reader may read, in the order of drawing: each
 * once, by its first draw, and none of those that earlier lots have drawn.
 */
export function drawnQuery(
  interval: { readonly from: Date; readonly to: Date },
  lots: readonly Lot[],
  drawn: readonly string[],
  reading: LogReader,
) {
  const bindings = new Bindings();
  const { bind } = bindings;
  const selection = selectionOf(interval, reading, bind);
  const conditions = branchesOf(selection).map((where) => `(${entrySql(where)})`);
  const draws = bind(
    lots.map(({ draw }) => draw),
    'int[]',
  );
  const leaves = bind(
    lots.map(({ leaf }) => leaf),
    'bigint[]',
  );
  const picks = bind(
    lots.map(({ pick }) => pick),
    'bigint[]',
  );
  const text = `SELECT e.draw, ${ENTRY_COLUMNS} FROM (
      SELECT e.*, lot.draw
      FROM (
        SELECT min(lot.draw) AS draw, lot.leaf, lot.id FROM (
          SELECT each.draw, each.leaf, registry.unit_id(l.row_id, 1 + each.pick % cardinality(r.unit_part)) AS id
          FROM unnest(${draws}, ${leaves}, ${picks}) AS each (draw, leaf, pick)
          JOIN seal.leaf l ON l.index = each.leaf
          JOIN registry.log_row r ON r.id = l.row_id AND r.at = l.row_at AND r.kind = 'DECISION'
        ) lot WHERE NOT lot.id = ANY (${bind(drawn, 'uuid[]')}) GROUP BY lot.leaf, lot.id
      ) lot
      JOIN seal.leaf l ON l.index = lot.leaf
      JOIN registry.log_row r ON r.id = l.row_id AND r.at = l.row_at
      CROSS JOIN LATERAL registry.units_of(r) e
      WHERE e.id = lot.id AND (${conditions.join(' OR ')}) AND NOT ${selection.own()}
    ) e ${entrySources(readerOf(selection))} ORDER BY e.draw`;
  return bindings.statement(text);
}

/**
 * The frame of an interval: the leaves that were sealed in it, by the checkpoints that are kept. Of those from an instant on the
 * first counts that witnesses have cosigned, if there is one.
 */
const FRAME = statement<{ readonly from: Date; readonly to: Date }>(
  'frame of a sample',
  `SELECT boundary.first::text AS first, boundary.beyond::text AS beyond FROM (
    SELECT (SELECT c.size FROM seal.checkpoint c WHERE c.log = s.log AND c.sealed_at >= :from
        ORDER BY c.witnessed_at IS NOT NULL DESC, c.size LIMIT 1) AS first,
      coalesce((SELECT c.size FROM seal.checkpoint c WHERE c.log = s.log AND c.sealed_at >= :to
        ORDER BY c.witnessed_at IS NOT NULL DESC, c.size LIMIT 1), s.size) AS beyond
    FROM seal.state s
  ) boundary`,
);

async function frameOf({ from, to }: Draw, { sector }: HubContext): Promise<Frame> {
  const { rows } = await sector.pool.query<{ first: string | null; beyond: string }>(FRAME({ from, to }));
  const beyond = Number(rows[0]?.beyond ?? 0);
  return { first: Math.min(Number(rows[0]?.first ?? beyond), beyond), beyond };
}

/** Draws until there are so many entries, or no more draws are made. */
async function drawFrom(frame: Frame, { from, to, size, seed }: Draw, reading: LogReader, context: HubContext) {
  const entries: EntryAnswer[] = [];
  const seen = new Set<string>();
  let draws = 0;
  while (frame.first < frame.beyond && entries.length < size && draws < MOST_DRAWS) {
    const lots = Array.from({ length: Math.min(DRAWS_AT_ONCE, size * 4 + 50, MOST_DRAWS - draws) }, (_, n) =>
      lotOf(seed, draws + n, frame),
    );
    const drawn = await answerOf<EntryAnswer & { draw: number }>(
      drawnQuery({ from, to }, lots, [...seen], reading),
      context,
    );
    draws += lots.length;
    for (const { draw, ...entry } of drawn) {
      seen.add(entry.id);
      entries.push(entry);
      if (entries.length < size) continue;
      draws = draw + 1;
      break;
    }
  }
  return { entries, draws };
}

/** The frame that a sample is drawn from. */
export interface Draw {
  readonly from: Date;
  readonly to: Date;
  readonly size: number;
  readonly seed: string;
}

/** `reviewSample`: a random sample that can be drawn again. */
@Resolver()
export class ReviewSampleResolver {
  @Directive(READERS)
  @Query(() => ReviewSample, {
    nullable: true,
    description: `Draws entries at random from the decisions that you may read, within at most ${LONGEST_DAYS} days that have passed. Your own entries are left out. Drawing adds an entry to the log, which names the seed. The same seed, interval and size draw the same entries again, for everybody with the same right to read. The draws are made from the leaves that were sealed in the interval: draw k takes the SHA-256 of the seed, a space and k; its first six bytes, modulo the number of leaves, choose the leaf, and the next six the unit. A draw that hits nothing you may read counts and yields nothing. At most 20,000 draws are made, so a reader with a small part of the log may get fewer entries.`,
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
    const frame = await frameOf(draw, context);
    const { entries, draws } = await drawFrom(frame, draw, reading, context);
    return { seed: draw.seed, firstLeaf: frame.first, beyondLeaf: frame.beyond, draws, entries: entries.map(entryOf) };
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
    'seed is 1 to 64 letters, digits, - and _, and does not look like a personal identity number. Leave it out to have one made.';
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
