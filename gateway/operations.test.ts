import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { operationHash, publishedOperations } from './operations.ts';

test('a published operation is known with and without its last line end, and by its file’s name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'samsyn-operations-'));
  try {
    await writeFile(join(folder, 'shared-view.graphql'), 'query { a }\n');
    await writeFile(join(folder, 'README.md'), 'query { b }');
    expect(await publishedOperations(folder)).toEqual(
      new Map([
        [operationHash('query { a }\n'), 'shared-view'],
        [operationHash('query { a }'), 'shared-view'],
      ]),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('without a folder nothing is published', async () => {
  expect(await publishedOperations(join(tmpdir(), 'samsyn-no-such-folder'))).toEqual(new Map());
});

test('a hash is lower-case hex SHA-256', () => {
  expect(operationHash('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});
