import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { operationHash } from '../../schema/operation-hash.ts';

/** The operations that the hub publishes. */
export interface PublishedOperations {
  /** Their names, by their hashes. */
  readonly names: ReadonlyMap<string, string>;
  readonly texts: readonly string[];
}

/** The published operations, from the `.graphql` files of `folder`. None if there is no such folder. */
export async function publishedOperations(folder: string): Promise<PublishedOperations> {
  const files = await readdir(folder).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return [];
    throw fault;
  });
  const names = new Map<string, string>();
  const texts: string[] = [];
  for (const file of files) {
    if (!file.endsWith('.graphql')) continue;
    const text = await readFile(join(folder, file), 'utf8');
    names.set(operationHash(text), basename(file, '.graphql'));
    texts.push(text);
  }
  return { names, texts };
}
