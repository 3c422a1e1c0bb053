import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { Hub } from '../../../hub/hub.ts';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { parseSignedCheckpoint } from '../../../schema/log/checkpoint.ts';
import { hashLeaf, isConsistent, isIncluded } from '../../../schema/log/merkle.ts';
import { until } from '../../faults/until.ts';
import { type Answer, ask, sql } from '../../setup/ask.ts';
import { operation, untilShown } from '../log-pages.ts';
import { sharedHub } from './shared-hub.ts';

const OWNER = 'SAMSYN_REGISTRY_OWNER_URL';
const CHECKPOINT = '{ logCheckpoint { origin size root note witnessedAt } }';
const INCLUSION = `query ($id: ID!) {
  inclusionProof(entryId: $id) { entryId index leaf part salt content headerSalt header hashes checkpoint { size root } }
}`;
const CONSISTENCY = `query ($from: TreeSize!, $to: TreeSize!) { consistencyProof(from: $from, to: $to) { from to hashes } }`;
const bytes = (text: string) => Buffer.from(text, 'base64');

interface Inclusion {
  readonly index: string;
  readonly leaf: string;
  readonly part: number;
  readonly salt: string | null;
  readonly content: string | null;
  readonly headerSalt: string | null;
  readonly header: string | null;
  readonly hashes: readonly string[];
  readonly checkpoint: { readonly size: string; readonly root: string };
}

let hub: Hub;
let entry: string;
beforeAll(async () => {
  hub = await sharedHub();
  // Entries of every source, by another agency than theirs.
  await ask(hub, 'social-coordinator', operation('full-view'), { youthId: DEMO_YOUTHS.everything.id });
  const { requestId } = await ask(hub, 'police-officer', operation('full-view'), {
    youthId: DEMO_YOUTHS.everything.id,
  });
  await untilShown(hub, requestId);
  const rows = await sql<{ id: string }>(hub, OWNER, 'SELECT id FROM registry.entry WHERE request_id = $1 LIMIT 1', [
    requestId,
  ]);
  entry = rows[0]?.id ?? '';
});

interface Head {
  readonly size: string;
  readonly root: string;
  readonly note: string;
  readonly witnessedAt: string | null;
}

function given<T>({ data }: Answer, field: string): T {
  const fields: Readonly<Record<string, unknown>> = data ?? {};
  return fields[field] as T;
}

const checkpoint = async () => given<Head>(await ask(hub, 'hub-auditor', CHECKPOINT), 'logCheckpoint');

describe('an auditor', () => {
  test('proves that the call of an entry is in the log, and that its part reads as it was written', async () => {
    const answer = await ask(hub, 'hub-auditor', INCLUSION, { id: entry });
    const proof = given<Inclusion>(answer, 'inclusionProof');
    const header = JSON.parse(proof.header ?? '') as { id: string };
    const part = JSON.parse(proof.content ?? '') as { youth: string };
    expect([header.id, part.youth]).toEqual([`${entry.slice(0, -4)}0000`, DEMO_YOUTHS.everything.id]);
    const leaf = bytes(proof.leaf);
    const sha256 = (...of: readonly (Buffer | string)[]) =>
      createHash('sha256')
        .update(Buffer.concat(of.map((each) => Buffer.from(each))))
        .digest();
    expect(leaf.subarray(0, 33)).toEqual(
      Buffer.concat([Buffer.of(2), sha256(bytes(proof.headerSalt ?? ''), proof.header ?? '')]),
    );
    const number = Buffer.from([0, 0, 0, proof.part]);
    expect(leaf.subarray(37 + 32 * (proof.part - 1), 37 + 32 * proof.part)).toEqual(
      sha256(bytes(proof.salt ?? ''), number, proof.content ?? ''),
    );
    const claim = {
      index: Number(proof.index),
      size: Number(proof.checkpoint.size),
      leafHash: hashLeaf(bytes(proof.leaf)),
      root: bytes(proof.checkpoint.root),
    };
    expect(isIncluded(claim, proof.hashes.map(bytes))).toBe(true);
  });

  test('proves that the log has only grown', async () => {
    const before = await checkpoint();
    // Asking for a proof is itself an entry, and is sealed soon.
    await ask(hub, 'hub-auditor', INCLUSION, { id: entry });
    let after = await checkpoint();
    while (after.size === before.size) after = await checkpoint();
    const answer = await ask(hub, 'school-auditor', CONSISTENCY, { from: before.size, to: after.size });
    const { hashes } = given<{ hashes: string[] }>(answer, 'consistencyProof');
    const head = ({ size, root }: Head) => ({ size: Number(size), root: bytes(root) });
    expect(isConsistent(head(before), head(after), hashes.map(bytes))).toBe(true);
    expect(parseSignedCheckpoint(after.note).checkpoint.origin).toBe('samsyn.invalid/demo');
    expect(after.witnessedAt).toBe(null);
  });

  test('of an agency proves what concerns the agency, and sees nothing of the rest', async () => {
    const rows = await sql<{ id: string; code: string | null }>(
      hub,
      OWNER,
      `SELECT DISTINCT ON (s.code) e.id, s.code FROM registry.entry e LEFT JOIN registry.agency s ON s.id = e.source
       JOIN registry.agency a ON a.id = e.agency
       WHERE a.code <> 'school:skovde' AND e.at <= (SELECT at FROM registry.entry WHERE id = $1)`,
      [entry],
    );
    const of = async (code: string) => {
      const id = rows.find((row) => row.code === code)?.id;
      if (id === undefined) throw new Error(`The log has no entry about what is ${code}'s.`);
      return (await ask(hub, 'school-auditor', INCLUSION, { id })).data?.inclusionProof;
    };
    expect(await of('school:skovde')).toEqual(expect.anything());
    expect(await of('police:nationell')).toBe(null);
    const unknown = await ask(hub, 'school-auditor', INCLUSION, { id: '00000000-0000-4000-8000-000000000000' });
    expect(unknown.data).toEqual({ inclusionProof: null });
  });
});

test('who is no auditor or manager proves no inclusion, and a wrong size is told', async () => {
  const refused = await ask(hub, 'social-coordinator', INCLUSION, { id: entry });
  expect([refused.data, refused.errors?.map((error) => error.extensions?.code)]).toEqual([
    { inclusionProof: null },
    ['FORBIDDEN'],
  ]);
  const wrong = await ask(hub, 'hub-auditor', CONSISTENCY, { from: '2', to: '1' });
  expect(wrong.errors?.map((error) => error.extensions?.code)).toEqual(['BAD_USER_INPUT']);
});

test('a long transaction in an agency’s database does not delay the seal', async () => {
  const before = await checkpoint();
  const holding = new pg.Client({ connectionString: hub.databaseUrls.SAMSYN_SCHOOL_OWNER_URL });
  await holding.connect();
  await holding.query('BEGIN; SELECT pg_current_xact_id()');
  await ask(hub, 'hub-auditor', INCLUSION, { id: entry });
  await until('the seal', async () => ((await checkpoint()).size === before.size ? undefined : true));
  // Sealed while it lasts: it is there, and ends now.
  const { rows } = await holding.query('SELECT pg_current_xact_id_if_assigned() IS NOT NULL AS lasts');
  expect(rows).toEqual([{ lasts: true }]);
  await holding.end();
});
