import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { type Listening, listenOn } from '../../process/listening.ts';
import { parseCheckpoint, parseSignedCheckpoint } from '../../schema/log/checkpoint.ts';
import { cosignedAt, verdictOf } from '../../schema/log/cosignature.ts';
import { FormatError, parseNote, parseVerifierKey, utf8 } from '../../schema/log/note.ts';
import { judge, type Policy, parsePolicy } from '../../schema/log/policy.ts';
import { submit } from '../../subgraphs/registry/log/seal/witness-client.ts';
import { Witness } from '../../subgraphs/registry/log/witness/witness.ts';
import { WitnessFolder } from '../../subgraphs/registry/log/witness/witness-folder.ts';
import { serveWitness } from '../../subgraphs/registry/log/witness/witness-server.ts';
import { textOf } from '../structure/sources.ts';
import { bytesOf, keyNamed, vkey } from './c2sp-requests.ts';
import { type Row, rows } from './c2sp-rows.ts';

const parsedKey = (words: string) => parseVerifierKey(vkey(keyNamed(words)));
const LOGS = ['log', 'next', 'second', 'pqlog'].map(parsedKey);

let witness: Witness;
let server: Listening;
let answering: Listening;
/** The answer of the witness that a client asks. */
let reply: { readonly status: number; readonly body: Buffer };

beforeAll(async () => {
  const at = { host: '127.0.0.1', port: 0 };
  const served = {
    addCheckpoint: (...of: Parameters<Witness['addCheckpoint']>) => witness.addCheckpoint(...of),
    cosigned: (of: string) => witness.cosigned(of),
  };
  server = await serveWitness(served, at, pino({ level: 'silent' }));
  answering = await listenOn(
    createServer((request, response) => {
      request.resume().once('end', () => response.writeHead(reply.status).end(reply.body));
    }),
    at,
  );
});
afterAll(async () => {
  await server.close();
  await answering.close();
});

function newWitness(by: 'a' | 'pq'): void {
  const memory = new WitnessFolder(mkdtempSync(join(process.env.SAMSYN_TEST_RUN ?? tmpdir(), 'c2sp-')));
  witness = new Witness({ key: parsedKey(by), privateKey: keyNamed(by).privateKey, logs: LOGS }, memory);
}

const send = (method: string, path: string, body?: Buffer) =>
  fetch(`http://127.0.0.1:${server.port}${path}`, {
    method,
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  });

/** Lets the witness cosign a tree of some size, perhaps with lines of keys that it does not know. */
async function cosignFirst(size: string | undefined, more = ''): Promise<void> {
  if (size === undefined) return;
  const { status } = await send('POST', '/add-checkpoint', await bytesOf(`old 0\\n\\n{cp A${size}}\\n{log}${more}`));
  expect(status).toBe(200);
}

const orMalformed = (work: () => string): string => {
  try {
    return work();
  } catch (fault) {
    if (fault instanceof FormatError) return 'malformed';
    throw fault;
  }
};

/** Asks a witness, and holds a cosignature against the checkpoint. */
async function added(rest: string, by: 'a' | 'pq', answer: string): Promise<string> {
  newWitness(by);
  const [, size, request = ''] = /^(?:after (\d) )?(.*)$/.exec(rest) ?? [];
  await cosignFirst(size);
  const sent = await bytesOf(request);
  const response = await send('POST', '/add-checkpoint', sent);
  const body = await response.text();
  if (response.status === 409) {
    const type = answer.includes('tlog') ? ` ${response.headers.get('content-type')}` : '';
    return `409 ${body.trimEnd()}${type}`;
  }
  if (response.status !== 200) return String(response.status);
  const text = sent.toString().slice(sent.indexOf('\n\n') + 2);
  const note = parseNote(text);
  const at = cosignedAt(parsedKey(by), { text: note.text, signatures: parseNote(`${note.text}\n${body}`).signatures });
  expect(Math.abs((at ?? 0) - Date.now() / 1000)).toBeLessThan(60);
  return answer.endsWith('cosigned') ? '200 cosigned' : '200';
}

/** Asks a witness for its latest checkpoint, or by a method and path that it may not have. */
async function got(method: string, rest: string): Promise<string> {
  newWitness('a');
  const [, path = '', size, junk, then] = /^(.*?)(?: after (\d))?( junk)?(?: then (.*))?$/.exec(rest) ?? [];
  await cosignFirst(size, junk === undefined ? '' : '{junk 2}{stranger}{b 100}');
  if (then !== undefined) await send('POST', '/add-checkpoint', await bytesOf(then));
  const response = await send(method, String(await bytesOf(path)));
  if (response.status !== 200) return String(response.status);
  const { note, checkpoint } = parseSignedCheckpoint(await response.text());
  const verdicts = [parsedKey('log'), parsedKey('a')].map((key) => verdictOf(key, note).said);
  expect([verdicts, note.signatures.length]).toEqual([['SIGNED', 'SIGNED'], 2]);
  return `200 ${checkpoint.size}`;
}

/** The policy as a Node reads it that has no ML-DSA-44. */
function onOldNode(policy: Policy): Policy {
  const witnesses = policy.witnesses.map((each) => ({
    ...each,
    key: { ...each.key, key: each.key.type === 6 ? null : each.key.key },
  }));
  return { ...policy, witnesses };
}

async function judged(rest: string, read: (policy: Policy) => Policy): Promise<string> {
  const [policy = '', note = ''] = rest.split('; ');
  const verdict = judge(utf8(await bytesOf(note)), read(parsePolicy(await bytesOf(policy))));
  if (verdict.broken.length > 0) {
    expect([verdict.isSigned, verdict.hasQuorum]).toEqual([false, false]);
    return `broken ${verdict.broken.join(' ')}`;
  }
  const times = verdict.hasQuorum ? [...verdict.cosignedAt].map(([name, at]) => ` ${name} ${at}`).join('') : '';
  return [
    verdict.isSigned ? 'signed' : 'not signed',
    `${verdict.hasQuorum ? 'quorum' : 'no quorum'}${times}`,
    ...verdict.unverified.map((name) => `unverified ${name}`),
  ].join(', ');
}

async function replied(rest: string): Promise<string> {
  const [, status = '', body = ''] = /^(\d+) (.*)$/.exec(rest) ?? [];
  const note = (await bytesOf('{cp A5}\\n{log}')).toString();
  const signed = (await bytesOf(`{cp A5}\\n${body}`)).toString();
  reply = { status: Number(status), body: Buffer.from(signed.slice(signed.indexOf('\n\n') + 2)) };
  const url = `http://127.0.0.1:${answering.port}`;
  const said = await submit({ name: 'a', key: parsedKey('a'), url }, 0, [], note);
  if (said.said === 'SIZE') return `SIZE ${said.size}`;
  return said.said === 'COSIGNED' && said.line.startsWith('— a.example ') ? 'COSIGNED a' : said.said;
}

const EXAMPLE_KEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const EXAMPLE = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;

const ASK: Readonly<Record<string, (rest: string, answer: string) => Promise<string> | string>> = {
  note: async (rest) => {
    const bytes = await bytesOf(rest);
    return orMalformed(() => verdictOf(parsedKey('log'), parseNote(utf8(bytes))).said.toLowerCase());
  },
  example: () => verdictOf(parseVerifierKey(EXAMPLE_KEY), parseNote(EXAMPLE)).said.toLowerCase(),
  vkey: async (rest) => {
    const bytes = await bytesOf(rest);
    return orMalformed(() => (parseVerifierKey(utf8(bytes)).name === '' ? 'nameless' : 'read'));
  },
  checkpoint: async (rest) => {
    const bytes = await bytesOf(rest);
    return orMalformed(() => {
      const { origin, size } = parseCheckpoint(utf8(bytes));
      return `${origin} ${size}`;
    });
  },
  policy: async (rest) => {
    const bytes = await bytesOf(rest);
    return orMalformed(() => (parsePolicy(bytes).isQuorum(new Set()) === null ? 'nothing' : 'read'));
  },
  judge: (rest) => judged(rest, (policy) => policy),
  'judge-old': (rest) => judged(rest, onOldNode),
  add: (rest, answer) => added(rest, 'a', answer),
  'add-pq': (rest, answer) => added(rest, 'pq', answer),
  GET: (rest) => got('GET', rest),
  POST: (rest) => got('POST', rest),
  PUT: (rest) => got('PUT', rest),
  reply: replied,
  'keep-alive': async () => {
    newWitness('a');
    const response = await send('GET', '/health');
    expect(response.headers.get('connection')).toBe('keep-alive');
    return String(response.status);
  },
  race: async () => {
    newWitness('a');
    const bodies = await Promise.all(['{cp A7}', '{cp A5}'].map((cp) => bytesOf(`old 0\\n\\n${cp}\\n{log}`)));
    const answers = bodies.map((body) => witness.addCheckpoint(body, 1_700_000_000));
    return answers.map(({ status, body }) => (status === 409 ? `409 ${body.trim()}` : status)).join(' ');
  },
  shown: (rest) => {
    const [, file = '', name = ''] = /^by (\S+): (.*)$/.exec(rest) ?? [];
    expect(textOf(file)).toContain(name);
    return '';
  },
};

const TABLE = rows();
const PAGES = [...new Set(TABLE.map(({ page }) => page))];

test('the table has every page, and each row an answer or a test elsewhere', () => {
  const counts = PAGES.map((page) => [page, TABLE.filter((row) => row.page === page).length]);
  expect(counts).toEqual([
    ['signed-note', 49],
    ['tlog-checkpoint', 27],
    ['tlog-cosignature', 34],
    ['tlog-witness', 75],
    ['tlog-policy', 64],
  ]);
  expect(TABLE.filter(({ request, answer }) => request?.verb !== 'shown' && answer === '')).toEqual([]);
});

const asked = TABLE.filter(
  (row): row is Row & { readonly request: NonNullable<Row['request']> } => row.request !== null,
);

/** The second verifier in Python, and whether it can be asked here, and about ML-DSA-44. */
const VERIFIER = fileURLToPath(new URL('../verifier', import.meta.url));
const inPython = (program: string, input: string) =>
  spawnSync('python3', ['-c', `import sys; sys.path.insert(0, ${JSON.stringify(VERIFIER)}); ${program}`], {
    input,
    encoding: 'utf8',
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
const python = inPython('import verify; print(verify.MLDSA44PublicKey is not None)', '');
const hasMlDsa = python.stdout?.trim() === 'True';
if (python.status !== 0)
  process.stderr.write('The second verifier is not asked: it takes python3, 3.11 or later, with cryptography.\n');

const JUDGE = `import json, verify
for policy, note in json.load(sys.stdin):
  each = verify.Checkpoint(note, verify.Policy(policy))
  print(("signed" if each.signed else "not signed") + (", quorum" if each.quorum else ", no quorum"))`;

(python.status === 0 ? test : test.skip)('the second verifier judges checkpoints alike', async () => {
  const judging = TABLE.filter(({ request }) => request?.verb === 'judge').filter(
    ({ request }) => hasMlDsa || !/pq|sevens/.test(request?.rest ?? ''),
  );
  const cases = await Promise.all(
    judging.map(async ({ request }) => {
      const [policy = '', note = ''] = request?.rest.split('; ') ?? [];
      return [String(await bytesOf(policy)), String(await bytesOf(note))];
    }),
  );
  const { stdout, stderr } = inPython(`exec(${JSON.stringify(JUDGE)})`, JSON.stringify(cases));
  expect(stderr).toBe('');
  const expected = judging.map(({ answer }) => /^(?:broken|(?:not )?signed, (?:no )?quorum)/.exec(answer)?.[0]);
  expect(expected.length).toBeGreaterThan(20);
  // A broken line is one fault there: the log has not signed.
  expect(stdout.trim().split('\n')).toEqual(expected.map((said) => (said === 'broken' ? 'not signed, quorum' : said)));
});

describe.each(PAGES)('C2SP %s', (page) => {
  const those = asked.filter((row) => row.page === page).map((row) => [row.sentence, row] as const);
  test.each(those)('%s', async (_, { request: { verb, rest }, answer }) => {
    const ask = ASK[verb];
    expect(ask === undefined ? `no verb ${verb}` : await ask(rest, answer)).toBe(answer);
  });
});
