import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { formatCheckpoint } from '../../../schema/log/checkpoint.ts';
import { leafOf, SALT_BYTES } from '../../../schema/log/leaf.ts';
import { hashLeaf } from '../../../schema/log/merkle.ts';
import { formatNote } from '../../../schema/log/note.ts';
import { Sealer } from '../../../subgraphs/registry/log/seal/sealer.ts';
import type { NoteSigner } from '../../../subgraphs/registry/log/seal/signer.ts';
import { originOf, readState, type SealState } from '../../../subgraphs/registry/log/seal/state.ts';
import { TreeEdge } from '../../../subgraphs/registry/log/seal/stored-tiles.ts';
import { type LogRow, textsOf } from '../../setup/row-texts.ts';
import { CopyIn, withoutIndexes } from './copy-in.ts';
import { holderOf, idKinds, idOf, type Known, known, row } from './tables.ts';
import { GRANTED } from './youths.ts';

/** Youths whose rows are loaded and sealed at a time. */
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
 * Writes for each of so many youths a row per sector with an entry per grant, and seals them: leaves, tiles, checkpoint and state
 * are such as the sealer would have made, only in larger steps and with one checkpoint at the end. What the log has before is
 * sealed by the sealer itself. Rejects when PostgreSQL reads a row otherwise than it was sealed, or when the sealer finds
 * anything wrong afterwards, or anything left to do.
 */
export async function fillSealedLog(client: pg.Client, folder: string, sealing: Sealing, world: World): Promise<void> {
  const sealer = new Sealer(sealing.pool, sealing.origin, sealing.sign);
  while ((await sealer.round()).did === 'SEALED');
  const before = await readState(sealing.pool);
  const { rows } = await client.query<{ xid: string }>('SELECT pg_current_xact_id()::text AS xid');
  const order = { xid: rows[0]?.xid ?? '', incarnation: before.incarnation };
  const copy = new CopyIn(client, folder);
  const tree = { size: before.size, root: before.root };
  const rowsOf = rowsIn(world, order);
  await withoutIndexes(client, 'registry.log_row', async () => {
    for (let first = 0; first < world.youths; first += AT_ONCE) {
      const count = Math.min(AT_ONCE, world.youths - first);
      const rows = Array.from({ length: count }, (_, index) => rowsOf(first + index)).flat();
      Object.assign(tree, await append(sealing.pool, copy, tree, rows));
    }
    await copy.end();
  });
  const [last] = rowsOf(world.youths - 1).slice(-1);
  await conclude(sealing, before.log, tree, [order.incarnation, order.xid, last?.id ?? '']);
  await requireSealed(client, sealer);
}

type World = Known & { readonly youths: number };
type Written = LogRow & { readonly id: string; readonly at: string; readonly part_from: readonly number[] };
type Tree = Pick<SealState, 'size' | 'root'>;
type Order = { readonly xid: string; readonly incarnation: number };

/** Makes the rows of a youth's number: of today, a call to each sector that grants something, and all of it permitted. */
function rowsIn({ agencies, categories, programme, now, youths }: World, order: Order): (n: number) => Written[] {
  const home = known(agencies, 'social-services:skovde');
  const sectorOf = ([source]: (typeof GRANTED)[number]) => source.slice(0, source.indexOf(':'));
  const sectors = [...new Set(GRANTED.map(sectorOf))].map((name) => {
    const grants = GRANTED.filter((grant) => sectorOf(grant) === name);
    const kinds = grants.map(([, category]) => known(categories, category));
    const sources = grants.map(([source]) => known(agencies, source));
    return {
      name,
      kinds,
      call: {
        ...{ kind_category: kinds, kind_fields: kinds.map(() => 'date'), kind_whereabouts: kinds.map(() => false) },
        ...{ unit_kind: kinds.map((_, kind) => kind + 1), unit_part: kinds.map(() => 1), unit_source: sources },
        ...{ unit_reason: kinds.map(() => 'CONSENT'), part_from: [1, 1 + kinds.length] },
        // As registry.mark_of_category and mark_of_source have them.
        marks: [...kinds.map((kind) => 100_000_000 + kind), ...new Set(sources.map((source) => 200_000_000 + source))],
      },
    };
  });
  const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const step = (now.getTime() - midnight) / youths;
  return (n) => {
    const ms = Math.floor(midnight + n * step);
    // As PostgreSQL's JSON has an instant: without zeros at the end.
    const at = new Date(ms).toISOString().replace(/\.?0*Z$/, '+00:00');
    return sectors.map(({ name, kinds, call }, sector) => ({
      ...{ action: 1, agency: home, at, caller: holderOf(n), id: timedId(ms, 1 + n * sectors.length + sector) },
      ...{
        incarnation: order.incarnation,
        kind: 'DECISION',
        name,
        operation_hash: NO_HASH,
        request_id: idOf(idKinds.request, n),
      },
      ...{
        roles: 1,
        xid: order.xid,
        part_assigned: [false],
        part_consent: [idOf(idKinds.consent, n)],
        part_version: [1],
      },
      ...{ part_group: [idOf(idKinds.group, n)], part_programme: [programme], part_protected: [false] },
      ...{
        part_youth: [idOf(idKinds.youth, n)],
        part_years: [5],
        unit_grant: kinds.map((kind) => idOf(100 + kind, n)),
      },
      ...call,
    }));
  };
}

/** The id of a row (UUID of version 7): a time, and behind it a count, so that ids are in the order of writing. */
function timedId(ms: number, count: number): string {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${count.toString(16).padStart(8, '0')}0000`;
}

const TILES = `INSERT INTO seal.tile AS t (level, index, hashes)
  SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])
  ON CONFLICT (level, index) DO UPDATE SET hashes = excluded.hashes`;

/** Loads rows and their leaves, and stores the tiles that change. The tree as it is then. */
async function append(pool: pg.Pool, copy: CopyIn, { size, root }: Tree, rows: readonly Written[]): Promise<Tree> {
  const edge = await TreeEdge.read(pool, size, root);
  if (edge === null) throw new Error('The tree should be as it was left.');
  const leaves = rows.map((each, n) => {
    const salts = randomBytes(each.part_from.length * SALT_BYTES);
    const content = leafFrom(each, salts);
    edge.append(hashLeaf(content));
    return row(size + n, each.id, each.at, bytes(salts), bytes(content));
  });
  await copy.load(
    `registry.log_row (${Object.keys(rows[0] ?? {}).join()})`,
    rows.map((each) =>
      row(...Object.values(each).map((value) => (Array.isArray(value) ? `{${value.join()}}` : String(value)))),
    ),
  );
  await copy.load('seal.leaf (index, row_id, row_at, salts, content)', leaves);
  const tiles = edge.changed();
  await pool.query(TILES, [
    tiles.map(({ level }) => level),
    tiles.map(({ index }) => index),
    tiles.map(({ hashes }) => hashes),
  ]);
  return { size: edge.size, root: edge.root() };
}

/** The content of a row's leaf, with these salts for its header and its parts. */
function leafFrom(of: LogRow, salts: Buffer): Buffer {
  const { header, parts } = textsOf(of);
  const [first, ...others] = [header, ...parts].map((text, n) => ({
    salt: salts.subarray(n * SALT_BYTES, (n + 1) * SALT_BYTES),
    text,
  }));
  if (first === undefined) throw new Error('A row has a header.');
  return leafOf(first, others);
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

/** The rows at both ends are as they were sealed when PostgreSQL reads them, and the sealer goes on from there. */
async function requireSealed(client: pg.Client, sealer: Sealer): Promise<void> {
  const { rows } = await client.query<{ row: LogRow; salts: Buffer; content: Buffer }>(
    `SELECT to_jsonb(r) AS row, l.salts, l.content FROM (${EDGES}) l JOIN registry.log_row r ON r.id = l.row_id AND r.at = l.row_at`,
  );
  const others = rows.filter(({ row, salts, content }) => !leafFrom(row, salts).equals(content));
  if (others.length > 0) {
    throw new Error(`A row should read as it was sealed: ${textsOf(others[0]?.row ?? {}).header} does not.`);
  }
  const round = await sealer.round();
  if (round.did !== 'NOTHING') throw new Error(`The sealer should find nothing to do; it ${round.did}.`);
}
