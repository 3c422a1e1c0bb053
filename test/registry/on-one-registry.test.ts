import { partsOf } from '../setup/parts.ts';

/** Parts that share one registry: its database takes longer to make than these tests. */
for (const part of partsOf('test/registry/on-one-registry')) await import(`./${part}.ts`);
