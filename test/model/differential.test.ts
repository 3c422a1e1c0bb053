import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { migrations } from '../../subgraphs/registry/migrations/index.ts';
import { tries } from '../setup/depth.ts';
import { type Compared, compareKept, compareRandom, type Enough, inLanes } from './agreement.ts';
import { compare } from './compare.ts';
import { asKept, corpus } from './corpus.ts';
import { type Fenced, fencedIn } from './endings.ts';
import { type History, historyOf, KINDS, lookedAtEverywhere, type Plot, plot } from './histories.ts';
import { type Lane, RegistryUnderTest } from './registry.ts';
import { faultsWhenUnknown } from './unknown.ts';

/** How many histories: when it is told, all of them, else as many as fit into the time, and enough for so many questions. */
const ORDERED = Number(process.env.SAMSYN_HISTORIES ?? tries(0, 5_000));
const HISTORIES = ORDERED || 600;
const TIME_MS = ORDERED > 0 ? Number.POSITIVE_INFINITY : 4_000;
const QUESTIONS = 2_000;
const LIMIT_MS = ORDERED > 0 ? 3_600_000 : 120_000;
/** One history in so many is looked at in every boundary instant. */
const THOROUGH = 250;
const SEED = Number(process.env.SAMSYN_SEED ?? Date.now() % 2 ** 31);
const SHRINKING_MS = 60_000;
/** A failure prints so many differences of its counterexample. */
const SHOWN = 8;
/** Random histories of which every change is held against what it ended, beside the last of those that were kept, or all of them. */
const FENCED_HISTORIES = ORDERED > 0 ? Math.ceil(ORDERED / 5) : 3;
/** Replayed side by side: the server's processes work while this one decides. */
const LANES = 3;

let registry: RegistryUnderTest;
beforeAll(async () => {
  registry = await RegistryUnderTest.start();
  await registry.make(migrations, LANES);
}, 60_000);
afterAll(() => registry.stop());

function firstLane(): Lane {
  const [lane] = registry.lanes;
  if (lane === undefined) throw new RangeError('Expected a lane.');
  return lane;
}

const sectors = Object.keys(KINDS);
const inTurn = (boundary: number) => [sectors[boundary % sectors.length] ?? ''];

/** Fails with the smallest counterexample that is found, beginning with the plot at a place. */
async function showCounterexample(index: number, made: (plot: Plot) => History): Promise<void> {
  const lane = firstLane();
  const agree = fc.asyncProperty(plot, async (plot) => {
    const history = made(plot);
    const { differences } = await compare(lane, history);
    if (differences.length > 0) throw new Error([...differences.slice(0, SHOWN), asKept(history)].join('\n'));
  });
  const shrinking = { interruptAfterTimeLimit: SHRINKING_MS, markInterruptAsFailure: true };
  await fc.assert(agree, { seed: SEED, path: String(index), numRuns: index + 1, ...shrinking });
}

async function agreeOn(histories: number, made: (plot: Plot) => History, enough: Enough): Promise<Compared> {
  const plots = fc.sample(plot, { numRuns: histories, seed: SEED });
  const compared = await compareRandom(registry.lanes, plots, made, enough);
  const [first] = compared.differing;
  if (first !== undefined) await showCounterexample(first, made);
  expect(compared.differing).toEqual([]);
  return compared;
}

test('C2 registry.authorize denies what is missing or unknown, and answers none but a sector about its own', async () => {
  expect(await faultsWhenUnknown(firstLane())).toEqual([]);
});

test(
  `C14 no change ends a permission unnoticed, so that its answer waits (SAMSYN_SEED=${SEED})`,
  async () => {
    const plots = fc.sample(plot, { numRuns: FENCED_HISTORIES, seed: SEED });
    const kept = corpus()
      .slice(ORDERED > 0 ? 0 : -6)
      .map(([, history]) => history);
    const waiting = [...kept, ...plots.map(historyOf)].values();
    const found: Fenced[] = [];
    await inLanes(registry.lanes, async (lane) => {
      for (const history of waiting) found.push(await fencedIn(lane, history));
    });
    expect(found.flatMap(({ unnoticed }) => unnoticed)).toEqual([]);
    // Most facts of a case end nothing.
    const sum = (name: 'waited' | 'answered') => found.reduce((total, each) => total + each[name], 0);
    expect(sum('waited')).toBeGreaterThan(1);
    expect(sum('answered')).toBeGreaterThan(sum('waited'));
  },
  LIMIT_MS,
);

describe(`the model and registry.authorize agree (SAMSYN_SEED=${SEED})`, () => {
  test('on every history that was kept', async () => {
    const differing = await compareKept(registry.lanes, false);
    expect(differing.map(({ name, differences }) => ({ name, differences: differences.slice(0, SHOWN) }))).toEqual([]);
  });

  test(
    ORDERED > 0 ? `on ${ORDERED} random histories` : 'on as many random histories as fit',
    async () => {
      const compared = await agreeOn(HISTORIES, historyOf, { timeMs: TIME_MS, questions: QUESTIONS });
      expect(compared.questions).toBeGreaterThanOrEqual(QUESTIONS);
      if (ORDERED > 0) {
        expect(compared.distribution.histories).toBe(ORDERED);
        process.stdout.write(`${compared.questions} questions in ${ORDERED} histories\n${compared.distribution}\n`);
      }
    },
    LIMIT_MS,
  );

  test(
    'on every boundary instant of some of them',
    async () => {
      const everywhere = (plot: Plot) => lookedAtEverywhere(historyOf(plot), inTurn);
      await agreeOn(Math.ceil(HISTORIES / THOROUGH), everywhere, { timeMs: TIME_MS / 4, questions: 0 });
    },
    LIMIT_MS,
  );
});
