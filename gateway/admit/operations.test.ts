import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { operationHash } from '../../schema/operation-hash.ts';
import { publishedOperations } from './operations.ts';

test('names a published operation after its file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'samsyn-operations-'));
  try {
    await writeFile(join(folder, 'shared-view.graphql'), 'query { a }\n');
    await writeFile(join(folder, 'README.md'), 'query { b }');
    expect(await publishedOperations(folder)).toEqual({
      names: new Map([[operationHash('query { a }'), 'shared-view']]),
      texts: ['query { a }\n'],
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('publishes nothing without a folder', async () => {
  expect(await publishedOperations(join(tmpdir(), 'samsyn-no-such-folder'))).toEqual({
    names: new Map(),
    texts: [],
  });
});
