import { partsOf } from '../setup/parts.ts';

/** Parts that share one hub: what is no assertion of the gateway, what people mistype, and where identity numbers do not get to. */
for (const part of partsOf('test/faults/on-one-hub')) await import(`./${part}.ts`);
