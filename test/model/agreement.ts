import { compare } from './compare.ts';
import { corpus } from './corpus.ts';
import { Distribution } from './distribution.ts';
import type { History, Plot } from './histories.ts';
import type { Lane } from './registry.ts';

/** A kept history on which model and registry differ, and in what. */
export interface Disagreement {
  readonly name: string;
  readonly differences: readonly string[];
}

/** What a search among random histories came to. */
export interface Compared {
  readonly questions: number;
  readonly distribution: Distribution;
  /** Places of the plots on which model and registry differ; the search ends at the first. */
  readonly differing: readonly number[];
}

/** When a search may end, if nothing differs. */
export interface Enough {
  readonly timeMs: number;
  readonly questions: number;
}

/** Compares every history that was kept, side by side; ends at the first that differs, if one is enough. */
export async function compareKept(lanes: readonly Lane[], oneIsEnough: boolean): Promise<Disagreement[]> {
  const waiting = corpus().values();
  const differing: Disagreement[] = [];
  await inLanes(lanes, async (lane) => {
    for (const [name, history] of waiting) {
      const { differences } = await compare(lane, history, oneIsEnough);
      if (differences.length > 0) differing.push({ name, differences });
      if (oneIsEnough && differing.length > 0) return;
    }
  });
  return differing;
}

/** Compares the histories of the plots until one differs, or it is enough. */
export async function compareRandom(
  lanes: readonly Lane[],
  plots: readonly Plot[],
  made: (plot: Plot) => History,
  enough: Enough,
): Promise<Compared> {
  const until = performance.now() + enough.timeMs;
  const waiting = [...plots.entries()].values();
  const distribution = new Distribution();
  const differing: number[] = [];
  let questions = 0;
  await inLanes(lanes, async (lane) => {
    for (const [index, plot] of waiting) {
      const history = made(plot);
      const comparison = await compare(lane, history);
      if (comparison.differences.length > 0) differing.push(index);
      questions += comparison.questions;
      distribution.add(history, comparison.units);
      if (differing.length > 0 || (performance.now() > until && questions >= enough.questions)) return;
    }
  });
  return { questions, distribution, differing };
}

/** Does the work in every lane side by side; fails with the first failure when all have ended. */
export async function inLanes(lanes: readonly Lane[], work: (lane: Lane) => Promise<void>): Promise<void> {
  const ended = await Promise.allSettled(lanes.map(work));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}
