import type { Fetch, Step } from '../plan/steps.ts';
import { fetchEntities, fetchRoots, type Send } from './fetch.ts';
import type { Run } from './run.ts';

/** Carries out a plan. `needless` fetches are not sent. Fetches that fail are noted in the run, and the others go on. */
export async function execute(step: Step, run: Run, send: Send, needless: ReadonlySet<Fetch>): Promise<void> {
  switch (step.kind) {
    case 'sequence':
      for (const child of step.steps) await execute(child, run, send, needless);
      return;
    case 'parallel':
      await Promise.all(step.steps.map((child) => execute(child, run, send, needless)));
      return;
    case 'condition': {
      const taken = run.variables[step.variable] === true ? step.ifTrue : step.ifFalse;
      return taken === null ? undefined : execute(taken, run, send, needless);
    }
    case 'roots':
      return needless.has(step.fetch) ? undefined : fetchRoots(step, run, send);
    case 'entities':
      return fetchEntities(step, run, send);
  }
}
