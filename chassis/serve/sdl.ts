import { exitOnFault } from '../../process/configuration.ts';
import type { Subgraph } from '../subgraph.ts';
import { buildServedSchema } from './build-schema.ts';

/** Prints one folder's SDL. It needs a process of its own, since type-graphql keeps one store of metadata per process. */
exitOnFault(async () => {
  const { subgraph } = (await import(`../../subgraphs/${process.argv[2]}/index.ts`)) as { subgraph: Subgraph };
  process.stdout.write((await buildServedSchema(subgraph)).sdl);
});
