import { partsOf } from '../setup/parts.ts';

/** Parts that share one hub with an identity provider of the suite's own, so that they ask as whoever they like. */
for (const part of partsOf('test/hub/on-issuer-hub')) await import(`./${part}.ts`);
