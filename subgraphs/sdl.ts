import { exitOnFault } from '../schema/configuration.ts';
import { buildServedSchema } from './build-schema.ts';
import type { Subgraph } from './subgraph.ts';

/** Prints one folder's SDL: a process of its own, since type-graphql keeps one store of metadata per process. */
exitOnFault(async () => {
  const { subgraph } = (await import(`./${process.argv[2]}/index.ts`)) as { subgraph: Subgraph };
  process.stdout.write((await buildServedSchema(subgraph)).sdl);
});
