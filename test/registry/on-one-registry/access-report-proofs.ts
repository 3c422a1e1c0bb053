import { createPrivateKey, createPublicKey } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { parseSignedCheckpoint } from '../../../schema/log/checkpoint.ts';
import { commitmentOf, hashOfPart, parseLeaf, type RowContent } from '../../../schema/log/leaf.ts';
import { hashLeaf, isIncluded } from '../../../schema/log/merkle.ts';
import { hasSigned, SIGNATURE_TYPES, verifierKey } from '../../../schema/log/note.ts';
import { ORIGIN } from '../../setup/sealed-log.ts';
import { type Report, reportOf } from './access-report.ts';
import { SEALING_KEY, seal } from './sealing.ts';
import { ago, CALLERS, fieldOf, sharedRegistry, write } from './shared-registry.ts';

const YOUTH = DEMO_YOUTHS.turning18.id;
const START = ago(170);
const INTERVAL = { from: START.toISOString(), to: ago(169).toISOString() };
const PROOF = `query Proof($id: ID!) {
  inclusionProof(entryId: $id) { index leaf part salt content headerSalt header hashes checkpoint { size root note } }
}`;
const KEY = verifierKey(ORIGIN, createPublicKey(createPrivateKey(SEALING_KEY.privateKey)), SIGNATURE_TYPES.NOTE);
const bytes = (text: string) => Buffer.from(text, 'base64');

interface Proof {
  readonly index: string;
  readonly leaf: string;
  readonly part: number;
  readonly salt: string;
  readonly content: string;
  readonly headerSalt: string;
  readonly header: string;
  readonly hashes: readonly string[];
  readonly checkpoint: { readonly size: string; readonly root: string; readonly note: string };
}

let unsealed: Report;
beforeAll(async () => {
  const read = { youth: YOUTH, reason: 'OWN', source: 'school:skovde' };
  await write([
    { at: START, ...read, category: 'school.attendance' },
    { at: START, ...read, category: 'school.health', roles: 8 },
  ]);
  unsealed = await reportOf(YOUTH, INTERVAL, CALLERS.hubAuditor);
  await seal();
});

test('each row of an extract is proven by its entry against the checkpoint that the extract names', async () => {
  const { rows, checkpoint } = await reportOf(YOUTH, INTERVAL, CALLERS.hubAuditor);
  expect(rows.map(({ entryId, category }) => [entryId, category])).toEqual(
    unsealed.rows.map(({ entryId, category }) => [entryId, category]),
  );
  expect(unsealed.rows.map(({ leafIndex }) => leafIndex)).toEqual([null, null]);
  const signed = parseSignedCheckpoint(checkpoint?.note ?? '');
  expect([hasSigned(KEY, signed.note), signed.checkpoint.root.toString('base64')]).toEqual([true, checkpoint?.root]);
  for (const { entryId, leafIndex, at, category } of rows) {
    const proof = await fieldOf<Proof>(CALLERS.hubAuditor, 'inclusionProof', PROOF, { id: entryId });
    expect(proof.checkpoint).toEqual({ size: checkpoint?.size, root: checkpoint?.root, note: checkpoint?.note });
    // The leaf has the hashes of header and part, made anew: what the row tells is what was sealed.
    const header = JSON.parse(proof.header) as RowContent;
    const part = JSON.parse(proof.content) as RowContent;
    const unit = Number.parseInt(entryId.slice(-4), 16);
    expect([header.id, new Date(String(header.at)).toISOString(), part.youth]).toEqual([
      `${entryId.slice(0, -4)}0000`,
      at,
      YOUTH,
    ]);
    const kind = (part.kinds as readonly number[])[unit - Number(part.first)] ?? 0;
    const { database } = await sharedRegistry();
    const codes = await database.admin.query('SELECT code FROM registry.category WHERE id = $1', [
      (header.kind_category as readonly number[])[kind - 1],
    ]);
    expect(codes.rows).toEqual([{ code: category }]);
    const leaf = parseLeaf(bytes(proof.leaf));
    expect(leaf.commitment).toEqual(commitmentOf(bytes(proof.headerSalt), proof.header));
    expect(leaf.parts[proof.part - 1]).toEqual(hashOfPart(bytes(proof.salt), proof.part, proof.content));
    const { size, root } = signed.checkpoint;
    const claim = { index: Number(leafIndex), size, root, leafHash: hashLeaf(bytes(proof.leaf)) };
    expect([proof.index, isIncluded(claim, proof.hashes.map(bytes))]).toEqual([leafIndex, true]);
    const forged = bytes(proof.leaf);
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    expect(isIncluded({ ...claim, leafHash: hashLeaf(forged) }, proof.hashes.map(bytes))).toBe(false);
  }
});

/** A call about two youths: of the first two agencies are asked, of the second one. */
const CALL = `INSERT INTO registry.log_row (at, kind, request_id, operation_hash, caller, agency, roles, action, name, kind_category,
    kind_whereabouts, kind_fields, part_youth, part_from, unit_part, unit_kind, unit_source, unit_reason, marks)
  SELECT $1, 'DECISION', gen_random_uuid(), 'x', 'p-1001', caller.id, 1, 1, 'school', ARRAY[c.id], '{false}', '{date}',
    ARRAY[$2::uuid, $3::uuid], '{1,3,4}', '{1,1,2}', '{1,1,1}', ARRAY[own.id, other.id, own.id], array_fill($4::registry.reason, '{3}'), '{1}'
  FROM registry.agency caller, registry.agency own, registry.agency other, registry.category c
  WHERE caller.code = 'social-services:skovde' AND own.code = 'school:skovde' AND other.code = 'leisure:skovde'
    AND c.code = 'school.attendance'
  RETURNING id`;

interface Shown {
  readonly part: number;
  readonly salt: string | null;
  readonly content: string | null;
  readonly headerSalt: string | null;
  readonly header: string | null;
}

test('a proof shows an agency’s auditor a part, or the header, only if all that it tells of concerns the agency', async () => {
  const { admin } = (await sharedRegistry()).database;
  const write = async (reason: string) =>
    (await admin.query<{ id: string }>(CALL, [START, YOUTH, DEMO_YOUTHS.everything.id, reason])).rows[0]?.id ?? '';
  const [denied, own] = [await write('NO_CONSENT'), await write('OWN')];
  await seal();
  const shown = async (
    caller: typeof CALLERS.hubAuditor | typeof CALLERS.schoolAuditor,
    unit: number,
    row = denied,
  ) => {
    const id = `${row.slice(0, -4)}${String(unit).padStart(4, '0')}`;
    const proof = await fieldOf<Shown | null>(caller, 'inclusionProof', PROOF, { id });
    if (proof === null) return null;
    const { part, salt, content, headerSalt, header } = proof;
    return [part, ...[salt, content, headerSalt, header].map((text) => text !== null)];
  };
  // The first part also tells what another agency was asked, and so does the call.
  expect(await shown(CALLERS.schoolAuditor, 1)).toEqual([1, false, false, false, false]);
  expect(await shown(CALLERS.schoolAuditor, 2)).toBe(null);
  expect(await shown(CALLERS.schoolAuditor, 3)).toEqual([2, true, true, false, false]);
  // C16: the part says whether the youth had protected identity, and without an informed seat that shows to few.
  expect(await shown(CALLERS.schoolAuditor, 3, own)).toEqual([2, false, false, false, false]);
  expect(await shown(CALLERS.hubAuditor, 3, own)).toEqual([2, true, true, true, true]);
  expect(await shown(CALLERS.hubAuditor, 2)).toEqual([1, true, true, true, true]);
});
