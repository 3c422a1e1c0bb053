import { partsOf } from '../setup/parts.ts';

/** Parts that share one hub: a hub is nine processes, and to start it takes longer than these tests. */
for (const part of partsOf('test/hub/on-one-hub')) await import(`./${part}.ts`);
