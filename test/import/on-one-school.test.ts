import { partsOf } from '../setup/parts.ts';

/** Parts that share one school's database. */
for (const part of partsOf('test/import/on-one-school')) await import(`./${part}.ts`);
