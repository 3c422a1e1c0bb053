import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { reloadOnChange } from './reload.ts';

test('serves a supergraph that changed after it was read', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'samsyn-reload-')), 'supergraph.graphql');
  writeFileSync(file, 'new');
  const accepted = await new Promise<string>((accept) => {
    const end = reloadOnChange({
      file,
      served: 'old',
      accept: (text) => {
        accept(text);
        end();
      },
      log: pino({ level: 'silent' }),
    });
  });
  expect(accepted).toBe('new');
});
