import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** The name under which a text is known to the access log: lower-case hex SHA-256. */
export function operationHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The published operations: name by hash, from the `.graphql` files of `folder`. Empty when there is no such folder. */
export async function publishedOperations(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = await readdir(folder).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return [];
    throw fault;
  });
  const names = new Map<string, string>();
  for (const file of files) {
    if (!file.endsWith('.graphql')) continue;
    const name = basename(file, '.graphql');
    const text = await readFile(join(folder, file), 'utf8');
    // Clients paste it with and without the last line end.
    for (const form of [text, text.trim()]) names.set(operationHash(form), name);
  }
  return names;
}
