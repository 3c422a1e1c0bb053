import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Hub } from '../../../hub/hub.ts';
import { PERSONAS, type PersonaName } from '../../../schema/demo-world.ts';
import { ask } from '../../setup/ask.ts';
import { placeOf, type Snippet, snippets } from '../../setup/snippets.ts';
import { sharedHub } from './shared-hub.ts';

const RUN = snippets().filter(({ act }) => act === 'run');
const operations = RUN.filter(({ language }) => language === 'graphql').map(
  (snippet) => [placeOf(snippet), snippet] as const,
);
const commands = RUN.filter(({ language }) => language === 'sh').map((snippet) => [placeOf(snippet), snippet] as const);

let hub: Hub;

beforeAll(async () => {
  hub = await sharedHub();
});

function personaOf({ with: { as } }: Snippet): PersonaName {
  if (as !== undefined && Object.hasOwn(PERSONAS, as)) return as as PersonaName;
  throw new Error('The block needs as=PERSONA, one of the demo world.');
}

describe('what a page shows to send', () => {
  test.each(operations)('%s is answered as the page says', async (_place, snippet) => {
    const { data, errors } = await ask(hub, personaOf(snippet), snippet.text);
    const { errors: expected } = snippet.with;
    expect(errors.map(({ message, extensions }) => [extensions?.code, message])).toEqual(
      expected === undefined ? [] : errors.map(({ message }) => [expected, message]),
    );
    expect(errors).toHaveLength(expected === undefined ? 0 : 1);
    expect(data).toEqual(expect.any(Object));
  });
});

describe('what a page shows to type', () => {
  test.each(commands)('%s runs against the demo hub', async (_place, { text }) => {
    const folder = mkdtempSync(join(tmpdir(), 'samsyn-snippet-'));
    try {
      const script = text
        .replaceAll('http://127.0.0.1:4001', hub.issuerUrl)
        .replaceAll('http://127.0.0.1:4000', new URL(hub.url).origin);
      // An answer of 400 or more fails; so does whatever else in the script does.
      const quoted = `set -euo pipefail\ncurl() { command curl --fail "$@"; }\n${script}`;
      const { stdout, stderr } = await promisify(execFile)('bash', ['-c', quoted], { cwd: folder });
      const written = readdirSync(folder).length > 0;
      expect({ stderr, does: written || stdout !== '' || text.startsWith('TOKEN=') }).toEqual({
        stderr: '',
        does: true,
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
