import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import pg from 'pg';
import type { Subgraph } from '../../chassis/subgraph.ts';
import { compareKept, compareRandom } from '../model/agreement.ts';
import { historyOf, plot } from '../model/histories.ts';
import { RegistryUnderTest } from '../model/registry.ts';
import { faultsWhenUnknown } from '../model/unknown.ts';

/** The same random histories for every mutant. */
const SEED = 20;
const HISTORIES = 400;
const LANES = 2;

/**
 * Judges the registry's migrations in a folder as test/model/differential does, on one server for all mutants: no runner of
 * tests and no server is started for each.
 */
export class ModelJudge {
  readonly #registry: RegistryUnderTest;
  readonly #migrations: Subgraph['migrations'];

  private constructor(registry: RegistryUnderTest, migrations: Subgraph['migrations']) {
    this.#registry = registry;
    this.#migrations = migrations;
  }

  /** Starts the server; the migrations are those of the copy in `folder`, read from disk for each judgement. */
  static async start(folder: string): Promise<ModelJudge> {
    const path = join(folder, 'subgraphs/registry/migrations/index.ts');
    const { migrations } = (await import(pathToFileURL(path).href)) as Pick<Subgraph, 'migrations'>;
    return new ModelJudge(await RegistryUnderTest.start(), migrations);
  }

  /** What notices that the migrations are not right, or null. Throws when they do not even run: that is no mutant. */
  async firstFailure(): Promise<string | null> {
    await this.#registry.make(this.#migrations, LANES);
    const { lanes } = this.#registry;
    try {
      const [lane] = lanes;
      if (lane !== undefined && (await faultsWhenUnknown(lane)).length > 0) return 'what is missing or unknown';
      const [kept] = await compareKept(lanes, true);
      if (kept !== undefined) return kept.name;
      const plots = fc.sample(plot, { numRuns: HISTORIES, seed: SEED });
      const enough = { timeMs: Number.POSITIVE_INFINITY, questions: 0 };
      const { differing } = await compareRandom(lanes, plots, historyOf, enough);
      return differing.length > 0 ? `random histories (number ${Math.min(...differing)})` : null;
    } catch (error) {
      if (error instanceof pg.DatabaseError) return `a fact or question that is refused (${error.message})`;
      throw error;
    }
  }

  stop(): Promise<void> {
    return this.#registry.stop();
  }
}
