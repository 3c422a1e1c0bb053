import { partsOf } from '../setup/parts.ts';

/** Parts that share one hub: what people mistype, and where personal identity numbers do not get to. */
for (const part of partsOf('test/faults/mistyped')) await import(`./${part}.ts`);
