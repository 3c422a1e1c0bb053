import { spawnSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, hash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newKeyPair } from '../../process/key-pair.ts';
import { formatCheckpoint } from '../../schema/log/checkpoint.ts';
import { cosign } from '../../schema/log/cosignature.ts';
import { canonicalText, leafOf, SALT_BYTES } from '../../schema/log/leaf.ts';
import { hashLeaf } from '../../schema/log/merkle.ts';
import { formatNote, SIGNATURE_TYPES, signNote, verifierKey } from '../../schema/log/note.ts';
import { ExportWriter, FILES } from '../../subgraphs/registry/log/audit/exported.ts';
import { rowLine } from '../../subgraphs/registry/log/audit/exported-row.ts';
import { TreeEdge } from '../../subgraphs/registry/log/seal/stored-tiles.ts';
import { ORIGIN } from '../setup/sealed-log.ts';
import { policyOf, testWitness } from '../setup/witnesses.ts';
import { machine, medianOf, writeResult } from './result.ts';
import { inRounds, type Row } from './rounds.ts';

const GOAL = { entries: 1_000_000, seconds: 8, megabytes: 400 };
/** In `--quick`, which only shows that it runs. */
const FEW = 20_000;

/** How long `npm run audit -- verify` takes over an export of a million entries, and how much memory. */
export async function benchAudit({ rounds, seconds }: { rounds: number; seconds: number }): Promise<void> {
  const count = seconds > 1 ? GOAL.entries : FEW;
  const folder = mkdtempSync(join(tmpdir(), 'samsyn-audit-'));
  try {
    writeFileSync(join(folder, 'policy'), makeExport(join(folder, 'export'), count));
    const name = `${count.toLocaleString('en')} entries`;
    tell(await inRounds(rounds, [{ name, measure: async () => verified(folder) }]), name, rounds);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function tell(rows: readonly Row[], name: string, rounds: number): void {
  const seconds = medianOf(rows, name, 'seconds');
  const megabytes = medianOf(rows, name, 'peak MB');
  writeResult({
    name: 'audit',
    title: 'Verifying an export',
    about:
      'An export of the access log, its checkpoint cosigned by three witnesses, verified in full by `npm run audit -- verify` in a process of its own: signatures and quorum, every row against its leaf, every leaf against the root. Half of the entries are of calls about a youth with six kinds of information, half of calls about fifty youths with one. Time and the most memory that the process ever held.',
    machine: machine(),
    rounds,
    chart: { value: 'seconds', unit: 'less is better' },
    rows,
    goals: [
      {
        what: `${name}, in full`,
        goal: `at most ${GOAL.seconds} s`,
        measured: `${seconds.toFixed(1)} s`,
        met: seconds <= GOAL.seconds,
      },
      {
        what: 'memory',
        goal: `at most ${GOAL.megabytes} MB`,
        measured: `${megabytes.toFixed(0)} MB`,
        met: megabytes <= GOAL.megabytes,
      },
    ],
  });
}

/** What the process that verifies prints of itself when it ends. */
const WATCHED = `process.on('exit', () => process.stderr.write('PEAK ' + process.resourceUsage().maxRSS + '\\n'));`;

function verified(folder: string): { seconds: number; 'peak MB': number } {
  const watch = join(folder, 'watch.mjs');
  writeFileSync(watch, WATCHED);
  const parameters = [
    '--import',
    './build/typescript.js',
    '--import',
    watch,
    'subgraphs/registry/log/audit/audit-command.ts',
  ];
  const began = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    [...parameters, 'verify', join(folder, 'export'), '--policy', join(folder, 'policy')],
    { encoding: 'utf8', cwd: new URL('../..', import.meta.url) },
  );
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`The export should pass; it ended with ${status}: ${stderr.slice(-500)}`);
  return { seconds, 'peak MB': Number(/PEAK (\d+)/.exec(stderr)?.[1]) / 1024 };
}

function makeExport(folder: string, count: number): string {
  const writer = new ExportWriter(folder);
  const file = writer.lines(FILES.entries);
  const tree = TreeEdge.empty();
  for (let made = 0; made < count; ) {
    const lines: string[] = [];
    for (; lines.length < 500 && made < count; made += tree.size % 28 < 25 ? 6 : 50) {
      const shape = tree.size % 28 < 25 ? { parts: 1, units: 6 } : { parts: 50, units: 1 };
      const header = headerOf(tree.size, shape.units);
      const parts = Array.from({ length: shape.parts }, (_, part) => partOf(1 + part * shape.units, shape.units));
      const salts = randomBytes((parts.length + 1) * SALT_BYTES);
      const salt = (n: number) => salts.subarray(n * SALT_BYTES, (n + 1) * SALT_BYTES);
      const sealed = parts.map((text, part) => ({ salt: salt(part + 1), text }));
      lines.push(rowLine(tree.size, salts, header, parts.join()));
      tree.append(hashLeaf(leafOf({ salt: salt(0), text: header }, sealed)));
    }
    file.write(lines);
  }
  file.end();
  for (const { level, index, hashes } of tree.changed())
    writer.tile({ level, index, width: hashes.length / 32 }, hashes);
  for (const name of [FILES.erasures, FILES.unsealed]) writer.file(name, '');
  const { privateKey } = newKeyPair();
  const witnesses = ['north', 'south', 'west'].map(testWitness);
  const text = formatCheckpoint({ origin: ORIGIN, size: tree.size, root: tree.root() });
  const key = verifierKey(ORIGIN, createPublicKey(privateKey), SIGNATURE_TYPES.NOTE);
  const seconds = Math.floor(Date.now() / 1000);
  const signatures = [
    signNote(text, key, createPrivateKey(privateKey)),
    ...witnesses.map((witness) => cosign(text, seconds, witness.key, witness.privateKey)),
  ];
  writer.file(FILES.checkpoint, formatNote({ text, signatures }));
  writer.file(FILES.dictionaries, '{}');
  const dictionaries = hash('sha256', '{}', 'base64');
  writer.file(FILES.manifest, `${JSON.stringify({ format: 2, from: 0, until: tree.size, dictionaries })}\n`);
  return policyOf(privateKey, witnesses);
}

/** A header as large as those of `authorize`. */
function headerOf(index: number, kinds: number): string {
  return canonicalText({
    id: `${randomUUID().slice(0, 32)}0000`,
    xid: String(1_000 + index),
    incarnation: 1,
    at: new Date(1_790_000_000_000 + index).toISOString(),
    kind: 'DECISION',
    request_id: randomUUID(),
    operation_hash: 'd2a84f4b8b650937ec8f73cd8be2c74add5a911ba64df27458ed8229da804a26',
    operation_name: 'FullView',
    caller: `p-${1_000 + (index % 500)}`,
    agency: 3,
    roles: 4,
    action: 1,
    name: 'school',
    answer: randomUUID(),
    kind_category: Array.from({ length: kinds }, (_, kind) => kind + 1),
    kind_whereabouts: Array.from({ length: kinds }, () => false),
    kind_fields: Array.from({ length: kinds }, () => 'attendance,supportMeasures'),
  });
}

/** A part as large as those of `authorize`. */
function partOf(first: number, units: number): string {
  const each = <T>(value: (unit: number) => T) => Array.from({ length: units }, (_, unit) => value(unit));
  return canonicalText({
    assigned: false,
    consent: randomUUID(),
    first,
    grants: each(() => randomUUID()),
    group: randomUUID(),
    kinds: each((unit) => unit + 1),
    programme: randomUUID(),
    protected: false,
    reasons: each((unit) => (unit % 4 === 3 ? 'NOT_GRANTED' : 'CONSENT')),
    retention_years: 5,
    sources: each(() => 2),
    version: 1,
    youth: randomUUID(),
  });
}
