import { setTimeout } from 'node:timers/promises';
import { quantile } from './load.ts';

/** A figure over all rounds: the median, and the least and the most. */
export interface Figure {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** One thing to measure, by name; measured once in every round. */
export interface Contender<Values extends Record<string, number>> {
  readonly name: string;
  readonly measure: () => Promise<Values>;
}

/** Something that is measured in rounds, with the figures of every value. */
export interface Row {
  readonly name: string;
  readonly figures: Readonly<Record<string, Figure>>;
}

/** What the one before has left behind, requests whose client is gone, is over after so many milliseconds. */
const SETTLE_MS = 1_000;

/**
 * Measures every contender once in each round, forwards and backwards in turn, so that what else the machine does falls on
 * all alike; before each it waits for what the one before has left to do. Tells on stderr how far it is.
 */
export async function inRounds<Values extends Record<string, number>>(
  rounds: number,
  contenders: readonly Contender<Values>[],
  settle: () => Promise<unknown> = () => setTimeout(SETTLE_MS),
): Promise<Row[]> {
  const values = new Map<string, Values[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      await settle();
      const value = await contender.measure();
      values.get(contender.name)?.push(value);
      const told = Object.entries(value).map(([key, each]) => `${key} ${rounded(each)}`);
      process.stderr.write(`round ${round + 1} of ${rounds}: ${contender.name}: ${told.join(', ')}\n`);
    }
  }
  return [...values].map(([name, each]) => ({ name, figures: figuresOf(each) }));
}

function figuresOf(values: readonly Record<string, number>[]): Record<string, Figure> {
  const keys = Object.keys(values[0] ?? {});
  return Object.fromEntries(keys.map((key) => [key, figure(values.map((value) => value[key] ?? Number.NaN))]));
}

/** Median, least and most of some values. */
export function figure(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}

/** A number as a person reads it: three digits that tell something. */
export function rounded(value: number): string {
  if (value === 0) return '0';
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value.toPrecision(3).replace(/\.?0+$/, '');
}
