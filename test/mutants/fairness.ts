import type { Mutant } from './mutant.ts';

/** The fence, and that one caller cannot hold up the others. */
export const fairness: readonly Mutant[] = [
  {
    breaks: 'C14 the answer waits for the fence',
    file: 'process/fence-wait.ts',
    find: 'left > 0;',
    replace: 'left > FENCE_MS;',
    tests: ['chassis/decide/fence'],
  },
  {
    breaks: 'C14 the subgraph itself waits where no gateway does',
    file: 'chassis/decide/fence.ts',
    find: 'if (!context.gatewayWaits) await',
    replace: 'if (context.gatewayWaits) await',
    tests: ['chassis/decide/fence'],
  },
  {
    breaks: 'C14 the gateway waits in the place of the subgraph',
    file: 'gateway/ask/transport.ts',
    find: 'if (fenced && received[FENCE_HEADER] !== NO_FENCE)',
    replace: 'if (fenced && received[FENCE_HEADER] === FENCE_HEADER)',
    tests: ['gateway/ask/transport'],
  },
  {
    breaks: 'C14 only an assertion that says so leaves the wait to the gateway',
    file: 'schema/caller.ts',
    find: 'gatewayWaits: payload.waits === true,',
    replace: 'gatewayWaits: true,',
    tests: ['gateway/ask/transport'],
  },
  {
    breaks: 'C14 an answer after an end does not say that nothing ended',
    file: 'chassis/serve/state-fence.ts',
    find: 'if (!awaitsFence) http',
    replace: 'http',
    tests: ['test/faults/withdrawal'],
  },
  {
    breaks: 'a caller’s units are spent before they are decided',
    file: 'chassis/decide/decide.ts',
    find: '  await request.spend(unitsOf({ kinds, youths: wellFormed }));\n',
    replace: '',
    tests: ['test/hub/on-issuer-hub/fairness'],
  },
  {
    breaks: 'a budget ends',
    file: 'subgraphs/registry/migrations/functions/log/budget.sql',
    find: 'least(greatest(asked, 0), greatest(budget - taken, 0))',
    replace: 'greatest(asked, 0)',
    tests: ['test/registry/on-one-registry/budgets'],
  },
  {
    breaks: 'what was refused is counted in the log',
    file: 'subgraphs/registry/migrations/functions/log/budget.sql',
    find: 'WHERE e.refused > 0',
    replace: 'WHERE e.refused < 0',
    tests: ['test/registry/on-one-registry/budgets'],
  },
  {
    breaks: 'a fenced mutation never counts',
    file: 'chassis/decide/context.ts',
    find: '    if (this.isFenced) return;\n',
    replace: '',
    tests: ['test/registry/on-one-registry/budgets'],
  },
  {
    breaks: 'one caller holds a share of the places',
    file: 'process/places.ts',
    find: '(this.#held.get(caller) ?? 0) < this.#share',
    replace: 'this.#share > 0',
    tests: ['process/places', 'gateway/ask/waiting'],
  },
  {
    breaks: 'callers are served in turn',
    file: 'process/in-turn.ts',
    find: '      this.#waiting.delete(caller);\n      if (own.size > 1) this.#waiting.set(caller, own);',
    replace: '      if (own.size === 1) this.#waiting.delete(caller);',
    tests: ['process/places', 'gateway/admit/known-operations'],
  },
];
