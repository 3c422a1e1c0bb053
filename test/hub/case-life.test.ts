import { partsOf } from '../setup/parts.ts';

/** The whole life of a case in each programme, in one hub: the lives go on at once, since much of them would be the fence. */
for (const part of partsOf('test/hub/case-life')) await import(`./${part}.ts`);
