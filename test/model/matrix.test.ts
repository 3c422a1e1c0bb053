import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { migrations } from '../../subgraphs/registry/migrations/index.ts';
import { tries } from '../setup/depth.ts';
import { isPermit, matrixDifferences } from './compare-matrix.ts';
import { corpus } from './corpus.ts';
import { type History, historyOf, lookedAtEverywhere, plot } from './histories.ts';
import { type Lane, type MatrixRow, RegistryUnderTest } from './registry.ts';
import { Names } from './replay.ts';

/** Random histories per run, and those that are looked at in every boundary instant. */
const HISTORIES = Math.ceil(Number(process.env.SAMSYN_HISTORIES ?? tries(100, 5_000)) / 4);
const THOROUGH = Math.ceil(HISTORIES / 15);
const SEED = Number(process.env.SAMSYN_SEED ?? Date.now() % 2 ** 31);

/** A failure prints so many differences of its counterexample. */
const SHOWN = 8;
/** The longest test, and the longest search for a smaller counterexample: many times what these take. */
const LIMIT_MS = 60_000 * Math.ceil(10 + HISTORIES / 25);
const LIMIT = { interruptAfterTimeLimit: LIMIT_MS - 60_000, markInterruptAsFailure: true };

/** How long the matrix tells what has ended as ending. */
const SHOWN_AS_ENDING_MS = 10_000;

let replays = 0;
let registry: RegistryUnderTest;
beforeAll(async () => {
  registry = await RegistryUnderTest.start();
  await registry.make(migrations, 1);
}, 60_000);
afterAll(() => registry.stop());

function onlyLane(): Lane {
  const [lane] = registry.lanes;
  if (lane === undefined) throw new RangeError('Expected a lane.');
  return lane;
}

const keyOf = ({ group, source, recipient, category, whereabouts }: MatrixRow) =>
  [group, source, recipient, category, whereabouts].join(' ');

/** What is wrong with a row, given what was permitted at the look before; `lately`: a change came between, just now. */
function endingFault(row: MatrixRow, before: ReadonlySet<string>, lately: boolean): string[] {
  if (row.ending && isPermit(row.reason)) return [`${keyOf(row)}: permitted, and told as ending`];
  const mustBeEnding = lately && before.has(keyOf(row)) && !isPermit(row.reason);
  return mustBeEnding && !row.ending ? [`${keyOf(row)}: ${row.reason}, and not told as ending`] : [];
}

/** What a replay showed: what matrix and rule differ in, how many permits there were, and how many rows told an end. */
interface Replayed {
  readonly differences: string[];
  readonly permits: number;
  readonly endings: number;
}

/** Replays a history and compares at each of its looks. */
async function replay(history: History): Promise<Replayed> {
  const lane = onlyLane();
  replays += 1;
  const names = new Names(replays);
  const youths = history.youths.map((youth) => names.id(youth));
  const differences: string[] = [];
  let permits = 0;
  let endings = 0;
  let since = Number.NEGATIVE_INFINITY;
  let before: ReadonlySet<string> = new Set();
  for (const { t } of history.looks) {
    const due = history.world.facts.filter(({ recordedAt }) => since < recordedAt && recordedAt <= t);
    if (due.length > 0) await lane.record(due, names);
    for (const { recordedAt } of due.slice(-1)) await lane.noteChange(recordedAt, youths);
    const rows = await lane.matrix(t, youths);
    const lately = due.length > 0 && t - since < SHOWN_AS_ENDING_MS;
    differences.push(...(await matrixDifferences(lane, t, youths, rows)));
    differences.push(...rows.flatMap((row) => endingFault(row, before, lately)));
    before = new Set(rows.filter(({ reason }) => isPermit(reason)).map(keyOf));
    permits += before.size;
    endings += rows.filter(({ ending }) => ending).length;
    since = t;
  }
  return { differences, permits, endings };
}

describe(`the consent matrix and registry.authorize agree (SAMSYN_SEED=${SEED})`, () => {
  test(
    `on ${HISTORIES} random histories: permitted, why not, and until when`,
    async () => {
      let permits = 0;
      await fc.assert(
        fc.asyncProperty(plot, async (kept) => {
          const replayed = await replay(historyOf(kept));
          permits += replayed.permits;
          expect(replayed.differences.slice(0, SHOWN)).toEqual([]);
        }),
        { numRuns: HISTORIES, seed: SEED, ...LIMIT },
      );
      expect(permits).toBeGreaterThan(HISTORIES / 10);
    },
    LIMIT_MS,
  );

  test(
    'where bars, withdrawals and protection end what was granted, and each is told as ending first',
    async () => {
      const ended = corpus().filter(([, { world }]) => world.facts.some(({ is }) => is === 'BARRED'));
      for (const [name, history] of ended) {
        const { differences, endings } = await replay(history);
        expect([name, differences.slice(0, SHOWN)]).toEqual([name, []]);
        expect(endings).toBeGreaterThan(0);
      }
      expect(ended).not.toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    `at every boundary of ${THOROUGH} of them, and what a change ended is told as ending first`,
    async () => {
      await fc.assert(
        fc.asyncProperty(plot, async (kept) => {
          expect((await replay(lookedAtEverywhere(historyOf(kept), () => []))).differences.slice(0, SHOWN)).toEqual([]);
        }),
        { numRuns: THOROUGH, seed: SEED, ...LIMIT },
      );
    },
    LIMIT_MS,
  );
});
