import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compare } from './compare.ts';
import { everyLook, historyOf, type Plot, plot } from './histories.ts';
import { RegistryUnderTest } from './registry.ts';

/** Random histories per run, and those that are looked at in every boundary instant. */
const HISTORIES = Number(process.env.SAMSYN_MODEL_HISTORIES ?? 200);
const THOROUGH = Math.ceil(HISTORIES / 125);
const SEED = Number(process.env.SAMSYN_MODEL_SEED ?? Date.now() % 2 ** 31);

/** A failure prints so many differences of its counterexample. */
const SHOWN = 8;
/** Finding the smallest counterexample takes a while, and nobody reads it when a mutant is tried. */
const SHRINK = process.env.SAMSYN_MODEL_SHRINK !== 'off';
/** Shrinking stops in time to report the smallest counterexample so far. */
const LIMIT = { interruptAfterTimeLimit: 100_000, markInterruptAsFailure: true, endOnFailure: !SHRINK };

const corpus = JSON.parse(readFileSync(new URL('./corpus.json', import.meta.url), 'utf8')) as Record<string, Plot>;

let registry: RegistryUnderTest;
beforeAll(async () => {
  registry = await RegistryUnderTest.start();
}, 60_000);
afterAll(() => registry.stop());

describe(`the model and registry.authorize agree (SAMSYN_MODEL_SEED=${SEED})`, () => {
  test('on every former counterexample', async () => {
    for (const [name, kept] of Object.entries(corpus)) {
      const history = historyOf(kept);
      const { differences } = await compare(registry, history, everyLook(history.world));
      expect({ name, differences: differences.slice(0, SHOWN) }).toEqual({ name, differences: [] });
    }
  });

  test(`on ${HISTORIES} random histories`, async () => {
    let cases = 0;
    await fc.assert(
      fc.asyncProperty(plot, async (plot) => {
        const history = historyOf(plot);
        const comparison = await compare(registry, history, history.looks);
        cases += comparison.cases;
        expect(comparison.differences.slice(0, SHOWN)).toEqual([]);
      }),
      { numRuns: HISTORIES, seed: SEED, ...LIMIT },
    );
    expect(cases).toBeGreaterThan(2_000);
  }, 120_000);

  test(`on every boundary instant of ${THOROUGH} random histories`, async () => {
    await fc.assert(
      fc.asyncProperty(plot, async (plot) => {
        const history = historyOf(plot);
        const { differences } = await compare(registry, history, everyLook(history.world));
        expect(differences.slice(0, SHOWN)).toEqual([]);
      }),
      { numRuns: THOROUGH, seed: SEED, ...LIMIT },
    );
  }, 120_000);
});
