import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { reloadOnChange } from './reload.ts';

const folder = mkdtempSync(join(tmpdir(), 'samsyn-reload-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('serves a supergraph that changed after it was read', async () => {
  const file = join(folder, 'supergraph.graphql');
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
