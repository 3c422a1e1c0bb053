import { partsOf } from '../setup/parts.ts';

/** Parts that share one hub: what is no assertion of the gateway, what people mistype, where identity numbers do not get to, and which errors there are. */
for (const part of partsOf('test/faults/on-one-hub')) await import(`./${part}.ts`);
