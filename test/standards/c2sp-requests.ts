import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { hashLeaf } from '../../schema/log/merkle.ts';
import { TiledTree } from '../../schema/log/tiles.ts';
import { keptTiles } from '../setup/kept-tiles.ts';

/** A key pair, with its public key as its algorithm encodes it. */
interface Pair {
  readonly privateKey: KeyObject;
  readonly material: Buffer;
}

const MATERIAL_BYTES = { ed25519: 32, 'ml-dsa-44': 1312 };

function pair(algorithm: keyof typeof MATERIAL_BYTES): Pair {
  // The types know the two algorithms by two signatures of the function.
  const { privateKey, publicKey } =
    algorithm === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ml-dsa-44');
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return { privateKey, material: der.subarray(der.length - MATERIAL_BYTES[algorithm]) };
}

const sha = (content: Buffer | string) => createHash('sha256').update(content).digest();

/** A name with a key of a type: what a verifier key says. All of it is made here, without the code under test. */
export interface Named extends Pair {
  readonly name: string;
  readonly type: number;
}

function named(name: string, type: number, given: Pair = pair(type === 6 ? 'ml-dsa-44' : 'ed25519')): Named {
  return { ...given, name, type };
}

const log = named('log.example', 1);
const a = named('a.example', 4);
const pq = named('pq.example', 6);
const KEYS: Readonly<Record<string, Named>> = {
  log,
  next: named('log.example', 1),
  second: named('second.example', 1),
  pqlog: named('log.example', 6),
  stranger: named('stranger.example', 1),
  a,
  b: named('b.example', 4),
  c: named('c.example', 4),
  d: named('d.example', 4),
  e: named('e.example', 4),
  f: named('f.example', 4),
  pq,
};

const id = ({ name, type, material }: Named) =>
  sha(Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), material])).subarray(0, 4);

/** The verifier key as text. */
export function vkey(key: Named): string {
  return `${key.name}+${id(key).toString('hex')}+${Buffer.concat([Buffer.of(key.type), key.material]).toString('base64')}`;
}

/** A key of the table by its name, perhaps `as` another name, or `as witness`. */
export function keyNamed(words: string): Named {
  const [, which = '', other] = /^(\S+)(?: as (.*))?$/.exec(words) ?? [];
  const key = KEYS[which];
  if (key === undefined) throw new Error(`The table has no key ${words}.`);
  if (other === undefined) return key;
  return other === 'witness' ? { ...key, type: 4 } : { ...key, name: other };
}

const leaves = (tree: string) => Array.from({ length: 8 }, (_, n) => hashLeaf(Buffer.from(`${tree} ${n}`)));
const TREES: Readonly<Record<string, readonly Buffer[]>> = { A: leaves('A'), B: leaves('B') };
const treeOf = (tree: string, size: number) => new TiledTree(size, keptTiles((TREES[tree] ?? []).slice(0, size)));

async function rootOf(tree: string): Promise<string> {
  const [letter = '', size = ''] = tree;
  return (await treeOf(letter, Number(size)).root()).toString('base64');
}

async function checkpointOf(tree: string): Promise<string> {
  return `log.example\n${tree[1]}\n${await rootOf(tree)}\n`;
}

const u64 = (number: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(number);
  return bytes;
};
const counted = (text: string) => Buffer.concat([Buffer.of(Buffer.byteLength(text)), Buffer.from(text)]);

/** The parts of an ML-DSA-44 cosignature that a row may set. */
interface Range {
  readonly by?: string;
  readonly origin?: string;
  readonly from?: number;
  readonly until?: number;
}

function subtree({ name }: Named, time: bigint, text: string, range: Range): Buffer {
  const [origin = '', size = '', root = ''] = text.split('\n');
  const { by = name, from = 0, until = Number(size) } = range;
  return Buffer.concat([
    Buffer.from('subtree/v1\n\0'),
    counted(by),
    u64(time),
    counted(range.origin ?? origin),
    u64(BigInt(from)),
    u64(BigInt(until)),
    Buffer.from(root, 'base64'),
  ]);
}

function signatureOf(key: Named, text: string, time: bigint, range: Range = {}): Buffer {
  if (key.type === 1) return sign(null, Buffer.from(text), key.privateKey);
  const message =
    key.type === 6 ? subtree(key, time, text, range) : Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
  return Buffer.concat([u64(time), sign(null, message, key.privateKey)]);
}

const line = (name: string, keyId: Buffer, signature: Buffer) =>
  `— ${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`;
const flipped = (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.of((bytes.at(-1) ?? 0) ^ 1)]);

/** Signature lines that take more than a key and a time. */
const ODD: Readonly<Record<string, (text: string, rest: string) => Promise<string> | string>> = {
  'log-id': (text) => line(log.name, id(keyNamed('stranger')), signatureOf(log, text, 0n)),
  'log-name': (text) => line('other.example', id(log), signatureOf(log, text, 0n)),
  'log-short': (text) => line(log.name, id(log), signatureOf(log, text, 0n).subarray(0, -1)),
  'log-cosigned': (text, rest) => signed(keyNamed('log as witness'), text, BigInt(rest)),
  'a-as-note': (text) => line(a.name, id(a), signatureOf({ ...a, type: 1 }, text, 0n)).replace(a.name, 'n.example'),
  'a-short': (text, rest) => line(a.name, id(a), signatureOf(a, text, BigInt(rest)).subarray(0, -1)),
  'pq-short': (text, rest) => line(pq.name, id(pq), signatureOf(pq, text, BigInt(rest)).subarray(0, -1)),
  'a-of-cp': async (_, rest) => signed(a, await checkpointOf(rest), 100n),
  'pq-of-cp': async (_, rest) => signed(pq, await checkpointOf(rest), 100n),
  'pqlog-of-cp': async (_, rest) => signed(keyNamed('pqlog'), await checkpointOf(rest), 100n),
  'pq-by': (text, by) => signed(pq, text, 100n, { by }),
  'pq-origin': (text, origin) => signed(pq, text, 100n, { origin }),
  'pq-from': (text, from) => signed(pq, text, 100n, { from: Number(from) }),
  'pq-until': (text, until) => signed(pq, text, 100n, { until: Number(until) }),
  junk: (_, count) =>
    Array.from({ length: Number(count) }, (__, n) => line(`j${n}.example`, Buffer.alloc(4), Buffer.alloc(4_627))).join(
      '',
    ),
};

function signed(key: Named, text: string, time: bigint, range?: Range): string {
  return line(key.name, id(key), signatureOf(key, text, time, range));
}

async function signatureLine(words: string, text: string): Promise<string> {
  const [first = '', ...rest] = words.split(' ');
  const odd = ODD[first];
  if (odd !== undefined) return odd(text, rest.join(' '));
  const [, which = '', time = '0'] = /^(.*?)(?: (\d+))?$/.exec(words) ?? [];
  const isBroken = first.endsWith('!');
  const key = keyNamed(which.replace('!', ''));
  const signature = signatureOf(key, text, BigInt(time));
  return line(key.name, id(key), isBroken ? flipped(signature) : signature);
}

const TWO_LEVELS = `log <log>\nwitness a <a>\nwitness b <b>\nwitness c <c>\ngroup x 2 a b c
witness d <d>\nwitness e <e>\nwitness f <f>\ngroup y any d e f\ngroup both all x y\nquorum both\n`;

function thirtyTwo(): string {
  const each = (made: (n: number) => string) => Array.from({ length: 32 }, (_, n) => `${made(n)}\n`).join('');
  return [
    each((n) => `log ${vkey(named(`l${n}.example`, 1))}`),
    each((n) => `witness w${n} ${vkey(named(`w${n}.example`, 4))}`),
    each((n) => `group g${n} any w${n}`),
    'quorum g31\n',
  ].join('');
}

/** Placeholders that stand for a text, whatever is signed. */
const TEXTS: Readonly<Record<string, (rest: string) => Promise<string> | string>> = {
  cp: checkpointOf,
  proof: async (sizes) => {
    const [from = 0, to = 0] = sizes.split(' ').map(Number);
    const proof = await treeOf('A', to).consistencyProof(from);
    return proof.map((hash) => `${hash.toString('base64')}\n`).join('');
  },
  lines: (count) => `${sha('x').toString('base64')}\n`.repeat(Number(count)),
  hash: (origin) => sha(origin).toString('hex'),
  HASH: (origin) => sha(origin).toString('hex').toUpperCase(),
  material: () => vkey(log).split('+').slice(2).join('+'),
  sevens: () => Buffer.concat([Buffer.of(6), Buffer.alloc(1312, 7)]).toString('base64'),
  typed: (rest) => {
    const [type = 0, bytes = 0] = rest.split(' ').map(Number);
    return vkey({ ...log, type, material: Buffer.alloc(bytes, 7) });
  },
  upper: () => vkey(log).replace(/\+[0-9a-f]{8}\+/, (part) => part.replace(/^.{2}/, '+F').toUpperCase()),
  renamed: () => vkey(log).replace('log.example', 'lag.example'),
  long: () => vkey({ ...pq, name: 'x'.repeat(256) }),
  two: () => TWO_LEVELS.replaceAll(/<([^>]+)>/g, (_, words: string) => vkey(keyNamed(words))),
  'thirty-two': thirtyTwo,
};

/** Characters of a private plane stand for bytes that are no UTF-8. */
const BYTE = 0xe000;

function unescaped(text: string): string {
  return text.replaceAll(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|([nrt]))/g, (_, byte, unit, letter) => {
    if (byte !== undefined) return String.fromCharCode(BYTE + Number.parseInt(byte, 16));
    if (unit !== undefined) return String.fromCharCode(Number.parseInt(unit, 16));
    return { n: '\n', r: '\r', t: '\t' }[letter as 'n' | 'r' | 't'];
  });
}

async function filled(text: string): Promise<string> {
  let done = '';
  for (const part of text.split(/(\{[^}]+\}|<[^>]+>)/)) {
    const [, open = '', words = ''] = /^([{<])([^}>]+)[}>]$/.exec(part) ?? [];
    const [first = '', ...rest] = words.split(' ');
    if (open === '<') done += vkey(keyNamed(words));
    else if (open === '') done += part;
    else if (/^[AB]\d$/.test(first))
      done += rest[0] === 'bare' ? (await rootOf(first)).replace('=', '') : await rootOf(first);
    else if (TEXTS[first] !== undefined) done += await TEXTS[first](rest.join(' '));
    // Signatures follow after the blank line, over the text since the last one that ends a proof.
    else done += await signatureLine(words, noteIn(done));
  }
  return done;
}

/** The note's text before its signatures. The lines of a submission before the checkpoint are left out. */
function noteIn(text: string): string {
  const note = text.startsWith('old ') || text.startsWith('new ') ? text.slice(text.indexOf('\n\n') + 2) : text;
  const end = note.search(/\n(?=\n— )/);
  const body = end >= 0 ? note.slice(0, end + 1) : note.replace(/\n$/, '');
  return body.replaceAll(/[\ue000-\ue0ff]/g, '\ufffd');
}

/** The bytes of a request, its placeholders filled in. */
export async function bytesOf(request: string): Promise<Buffer> {
  const text = await filled(unescaped(request));
  return Buffer.concat(
    [...text].map((character) => {
      const code = character.charCodeAt(0);
      return code >= BYTE && code <= BYTE + 0xff ? Buffer.of(code - BYTE) : Buffer.from(character);
    }),
  );
}
