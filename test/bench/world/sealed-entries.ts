import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { formatCheckpoint } from '../../../schema/log/checkpoint.ts';
import { canonicalText, type EntryContent, leafOf, SALT_BYTES } from '../../../schema/log/leaf.ts';
import { hashLeaf } from '../../../schema/log/merkle.ts';
import { formatNote } from '../../../schema/log/note.ts';
import { Sealer } from '../../../subgraphs/registry/log/seal/sealer.ts';
import type { NoteSigner } from '../../../subgraphs/registry/log/seal/signer.ts';
import { originOf, readState, type SealState } from '../../../subgraphs/registry/log/seal/state.ts';
import { TreeEdge } from '../../../subgraphs/registry/log/seal/stored-tiles.ts';
import { CopyIn, withoutIndexes } from './copy-in.ts';
import { holderOf, idKinds, idOf, type Known, known, row } from './tables.ts';
import { GRANTED } from './youths.ts';

/** Youths whose entries are loaded and sealed at a time. */
const AT_ONCE = 5_000;

const DAY_MS = 86_400_000;

const NO_HASH = '0'.repeat(64);

/** What sealing takes: connections under the sealer's role, the log's name, and its key. */
export interface Sealing {
  readonly pool: pg.Pool;
  readonly origin: string;
  readonly sign: NoteSigner;
}

/**
 * Writes for each of so many youths an entry per grant, and seals them: leaves, tiles, checkpoint and state are such as the
 * sealer would have made, by the same functions, only in larger steps and with one checkpoint at the end. What the log has
 * before is sealed by the sealer itself. Rejects when PostgreSQL reads an entry otherwise than it was sealed, or when the
 * sealer finds anything wrong afterwards, or anything left to do.
 */
export async function fillSealedLog(client: pg.Client, folder: string, sealing: Sealing, world: World): Promise<void> {
  const sealer = new Sealer(sealing.pool, sealing.origin, sealing.sign);
  while ((await sealer.round()).did === 'SEALED');
  const before = await readState(sealing.pool);
  const { rows } = await client.query<{ xid: string }>('SELECT pg_current_xact_id()::text AS xid');
  const order = { xid: rows[0]?.xid ?? '', incarnation: before.incarnation };
  const copy = new CopyIn(client, folder);
  const tree = { size: before.size, root: before.root };
  const entriesOf = entriesIn(world, order);
  await withoutIndexes(client, 'registry.entry', async () => {
    for (let first = 0; first < world.youths; first += AT_ONCE) {
      const count = Math.min(AT_ONCE, world.youths - first);
      const entries = Array.from({ length: count }, (_, index) => entriesOf(first + index)).flat();
      Object.assign(tree, await append(sealing.pool, copy, tree, entries));
    }
    await copy.end();
  });
  const [last] = entriesOf(world.youths - 1).slice(-1);
  await conclude(sealing, before.log, tree, [order.incarnation, order.xid, last?.id ?? '']);
  await requireSealed(client, sealer);
}

type World = Known & { readonly youths: number };
type Written = EntryContent & { readonly id: string; readonly at: string };
type Tree = Pick<SealState, 'size' | 'root'>;
type Order = { readonly xid: string; readonly incarnation: number };

/** Makes the entries of a youth's number: all of today, each permitted by a grant. */
function entriesIn({ agencies, categories, programme, now, youths }: World, order: Order): (n: number) => Written[] {
  const home = known(agencies, 'social-services:skovde');
  const grants = GRANTED.map(([source, category]) => [known(agencies, source), known(categories, category)] as const);
  const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const step = (now.getTime() - midnight) / youths;
  return (n) => {
    const ms = Math.floor(midnight + n * step);
    // As PostgreSQL's JSON has an instant: without zeros at the end.
    const at = new Date(ms).toISOString().replace(/\.?0*Z$/, '+00:00');
    // By name, so that JSON has them in the order of the text that is sealed (RFC 8785).
    return grants.map(([source, category], grant) => ({
      ...{
        action: 1,
        agency: home,
        assigned: false,
        at,
        caller: holderOf(n),
        category,
        consent: idOf(idKinds.consent, n),
      },
      ...{
        consent_grant: idOf(100 + category, n),
        consent_version: 1,
        fields: 'date',
        group_id: idOf(idKinds.group, n),
      },
      ...{ id: timedId(ms, 1 + n * grants.length + grant), incarnation: order.incarnation, kind: 'DECISION' },
      ...{ operation_hash: NO_HASH, permitted: true, programme, protected: false, reason: 'CONSENT' },
      ...{ request_id: idOf(idKinds.request, n), roles: 1, source, whereabouts: false, xid: order.xid },
      youth: idOf(idKinds.youth, n),
    }));
  };
}

/** A UUID of version 7: a time, and behind it a count, so that ids are in the order of writing. */
function timedId(ms: number, count: number): string {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${count.toString(16).padStart(12, '0')}`;
}

const TILES = `INSERT INTO seal.tile AS t (level, index, hashes)
  SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])
  ON CONFLICT (level, index) DO UPDATE SET hashes = excluded.hashes`;

/** Loads entries and their leaves, and stores the tiles that change. The tree as it is then. */
async function append(pool: pg.Pool, copy: CopyIn, { size, root }: Tree, entries: readonly Written[]): Promise<Tree> {
  const edge = await TreeEdge.read(pool, size, root);
  if (edge === null) throw new Error('The tree should be as it was left.');
  const salts = randomBytes(entries.length * SALT_BYTES);
  const leaves = entries.map((entry, n) => {
    const salt = salts.subarray(n * SALT_BYTES, (n + 1) * SALT_BYTES);
    const content = leafOf(entry, salt, JSON.stringify(entry));
    edge.append(hashLeaf(content));
    return row(size + n, entry.id, entry.at, bytes(salt), bytes(content));
  });
  const columns = Object.keys(entries[0] ?? {});
  await copy.load(
    `registry.entry (${columns.join()})`,
    entries.map((entry) => row(...Object.values(entry).map(String))),
  );
  await copy.load('seal.leaf (index, entry, entry_at, salt, content)', leaves);
  const tiles = edge.changed();
  await pool.query(TILES, [
    tiles.map(({ level }) => level),
    tiles.map(({ index }) => index),
    tiles.map(({ hashes }) => hashes),
  ]);
  return { size: edge.size, root: edge.root() };
}

/** Bytes in COPY's text format. */
function bytes(value: Buffer): string {
  return `\\\\x${value.toString('hex')}`;
}

/** Signs the whole tree and says that all up to the last entry is sealed. */
async function conclude(
  { pool, origin, sign }: Sealing,
  log: number,
  { size, root }: Tree,
  last: SealState['last'],
): Promise<void> {
  const name = originOf(origin, log);
  const text = formatCheckpoint({ origin: name, size, root });
  const note = formatNote({ text, signatures: [await sign(name, text)] });
  await pool.query('INSERT INTO seal.checkpoint (log, size, note) VALUES ($1, $2, $3)', [log, size, note]);
  await pool.query(
    `UPDATE seal.state SET origin = $1, size = $2, root = $3, sealed_incarnation = $4, sealed_xid = $5::xid8, sealed_id = $6,
      waits_from = statement_timestamp() - interval '1 day',
      system_identifier = (SELECT system_identifier FROM pg_control_system())`,
    [origin, size, root, ...last],
  );
}

const EDGES = `(SELECT * FROM seal.leaf ORDER BY index LIMIT 2000) UNION ALL (SELECT * FROM seal.leaf ORDER BY index DESC LIMIT 2000)`;

/** The entries at both ends are as they were sealed when PostgreSQL reads them, and the sealer goes on from there. */
async function requireSealed(client: pg.Client, sealer: Sealer): Promise<void> {
  const { rows } = await client.query<{ entry: EntryContent; salt: Buffer; content: Buffer }>(
    `SELECT seal.content(e) AS entry, l.salt, l.content FROM (${EDGES}) l JOIN registry.entry e ON e.id = l.entry AND e.at = l.entry_at`,
  );
  const others = rows.filter(({ entry, salt, content }) => Buffer.compare(leafOf(entry, salt), content) !== 0);
  if (others.length > 0) {
    throw new Error(`An entry should read as it was sealed: ${canonicalText(others[0]?.entry ?? {})} does not.`);
  }
  const round = await sealer.round();
  if (round.did !== 'NOTHING') throw new Error(`The sealer should find nothing to do; it ${round.did}.`);
}
