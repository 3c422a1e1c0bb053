import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { auditServer } from 'graphql-http';
import { serveGeneric } from './generic.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'samsyn-generic-'));
const file = join(folder, 'supergraph.graphql');

/** The operations and headers that a subgraph got. */
const asked: { readonly headers: IncomingHttpHeaders; readonly body: unknown }[] = [];
const subgraph = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = JSON.parse(Buffer.concat(chunks).toString()) as { query: string };
  asked.push({ headers: request.headers, body });
  const errors = [{ message: 'Half of it.', path: ['half'], extensions: { code: 'OWN_CODE', secret: 'canary' } }];
  response.end(
    JSON.stringify({ data: { whole: 'whole', half: null }, ...(body.query.includes('half') ? { errors } : {}) }),
  );
});

interface Generic {
  readonly url: string;
  /** Its log, line by line. */
  readonly log: Interface;
  stop(): Promise<number | null>;
  reload(): void;
}

/** Starts a generic gateway on the file. */
async function start(): Promise<Generic> {
  const program = ['--import', './build/typescript.js', 'gateway/main.ts', '--supergraph', file, '--port', '0'];
  const child = spawn(process.execPath, program, { cwd: ROOT, env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const ready = once(createInterface(child.stdout), 'line');
  const [line] = await Promise.race([ready, ended.then((code) => Promise.reject(new Error(`It ended with ${code}.`)))]);
  return {
    url: `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}/graphql`,
    log: createInterface(child.stderr),
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
    reload: () => child.kill('SIGHUP'),
  };
}

function supergraph(fields: string): string {
  const url = `http://127.0.0.1:${(subgraph.address() as AddressInfo).port}/graphql`;
  const typeDefs = parse(`type Query { ${fields} }`);
  return composeServices([{ name: 'a', typeDefs, url }]).supergraphSdl ?? '';
}

let generic: Generic;
beforeAll(async () => {
  subgraph.listen(0, '127.0.0.1');
  await once(subgraph, 'listening');
  writeFileSync(file, supergraph('whole: String  half: String'));
  generic = await start();
});

afterAll(async () => {
  expect(await generic.stop()).toBe(0);
  subgraph.close();
  subgraph.closeAllConnections();
  rmSync(folder, { recursive: true });
});

async function ask(query: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer canary', 'x-canary': 'canary' };
  const response = await fetch(generic.url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  return response.json();
}

test('answers, and hands the subgraph nothing of the client but the operation', async () => {
  expect(await ask('{ whole half }')).toEqual({
    data: { whole: 'whole', half: null },
    errors: [{ message: 'Half of it.', path: ['half'], extensions: { code: 'OWN_CODE' } }],
  });
  expect(asked).toHaveLength(1);
  expect(asked[0]?.body).toMatchObject({ query: expect.stringContaining('whole') });
  expect(JSON.stringify(asked)).not.toContain('canary');
  expect(asked[0]?.headers).not.toHaveProperty('authorization');
});

test('serves no subscription', async () => {
  expect(await ask('subscription { whole }')).toEqual({
    errors: [
      {
        message: 'Subscriptions are not served. Send a query, and repeat it to get news.',
        locations: [{ line: 1, column: 1 }],
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      },
    ],
  });
});

test('conforms to GraphQL over HTTP, without error and without warning', async () => {
  const results = await auditServer({ url: generic.url });
  const notOk = results.filter(({ status }) => status === 'error' || status === 'warn');
  expect(results.length).toBeGreaterThan(50);
  expect(notOk.map(({ id, name, status }) => [status, id, name])).toEqual([]);
});

test('serves another supergraph without a restart, and keeps the old one when the new one is broken', async () => {
  const told = async (text: string) => {
    const line = once(generic.log, 'line');
    writeFileSync(file, text);
    generic.reload();
    return JSON.parse(String((await line)[0])).msg;
  };
  expect(await told(supergraph('whole: String  more: Int'))).toBe('supergraph reloaded');
  expect(await ask('{ __type(name: "Query") { fields { name } } }')).toEqual({
    data: { __type: { fields: [{ name: 'whole' }, { name: 'more' }] } },
  });
  for (const broken of ['type Query {', 'type Query { other: Int }', HUBS_OWN]) {
    expect(await told(broken)).toBe('the new supergraph is broken; the old one stays in use: correct the file');
  }
  expect(await ask('{ whole more }')).toEqual({ data: { whole: 'whole', more: null } });
});

const HUBS_OWN = readFileSync(join(ROOT, 'schema/generated/supergraph.graphql'), 'utf8');

test.each([
  ['the hub’s own', HUBS_OWN],
  ['with one label', 'directive @consent(category: String!) on FIELD_DEFINITION type Query { a: Int }'],
  ['with a label under a prefix', 'type Query { a: Int @labels__restricted }'],
  [
    'with the labels’ specification',
    'schema @link(url: "https://samsyn.example/labels/v2.3") { query: Q } type Q { a: Int }',
  ],
])('does not start on a supergraph %s, because it authenticates nobody', async (_, text) => {
  const labelled = join(folder, 'labelled.graphql');
  writeFileSync(labelled, text);
  await expect(serveGeneric(['--supergraph', labelled, '--port', '0'])).rejects.toThrow('labels (@');
});

test.each([[['--port', '0']], [['--supergraph', 'x', '--port', 'x']], [['--supergraph', 'x', '--consent', 'off']]])(
  'reports its command line: %j',
  async (args) => {
    await expect(serveGeneric(args)).rejects.toThrow('expected --supergraph FILE [--port N] [--host ADDRESS]');
  },
);

test('names a file that it cannot read or that holds no supergraph', async () => {
  await expect(serveGeneric(['--supergraph', join(folder, 'missing')])).rejects.toThrow(
    '--supergraph is wrong (ENOENT)',
  );
  const plain = join(folder, 'plain.graphql');
  writeFileSync(plain, 'type Query { a: Int }');
  await expect(serveGeneric(['--supergraph', plain])).rejects.toThrow('expected a Federation 2 supergraph');
});
