import { expect, test } from '@jest/globals';
import { drift } from '../../hub/deploy/generate.ts';

test('what is generated from the folders is what is committed: else run npm run schema', async () => {
  expect(await drift()).toEqual([]);
});
