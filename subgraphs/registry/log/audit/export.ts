import { hash } from 'node:crypto';
import type pg from 'pg';
import { named, statement } from '../../../../chassis/statement.ts';
import { parseSignedCheckpoint } from '../../../../schema/log/checkpoint.ts';
import { edgeTiles, hashesAt, TILE_WIDTH, type Tile, tileIn } from '../../../../schema/log/tiles.ts';
import { StoredTiles } from '../seal/stored-tiles.ts';
import { dictionariesText } from './dictionaries.ts';
import { ExportFault, ExportWriter, FILES, type Manifest } from './exported.ts';
import { leafLine, rowLine } from './exported-row.ts';
import { examplePolicy } from './policy-to-begin-from.ts';

/** The entries to export, and where to. */
export interface Wanted {
  /** Rows of this interval, from the first instant on and before the second, and what was sealed together with them. */
  readonly from: Date;
  readonly to: Date;
  /** The subject of who exports, for the log: exporting is itself a row of it. */
  readonly by: string;
}

/** An export that was made. */
export interface Exported extends Manifest {
  /** Leaves of the tree that it is proven against. */
  readonly size: number;
  readonly isWitnessed: boolean;
}

const BATCH = 2_000;

/** SQL of the parts of a row with texts `t` and a leaf, as an export has them: of a part that is gone what the leaf has of it. */
const partsSql = (leaf: string) => `(SELECT string_agg(coalesce(p.text,
    '"' || encode(substr(${leaf}, (6 + 32 * p.part)::int, 32), 'base64') || '"'), ',' ORDER BY p.part)
  FROM unnest(t.parts) WITH ORDINALITY AS p (text, part))`;

/** A row whose instant was changed is looked for everywhere: it is not missing. */
const ROWS = statement<{ readonly from: number; readonly until: number }>(
  'export rows',
  `SELECT l.index::text AS index, l.salts, l.content AS leaf, t.header, ${partsSql('l.content')} AS parts
  FROM seal.leaf l LEFT JOIN registry.log_row r ON r.id = l.row_id AND r.at = l.row_at
  CROSS JOIN LATERAL (
    SELECT CASE WHEN r.id IS NULL THEN (SELECT m FROM registry.log_row m WHERE m.id = l.row_id LIMIT 1) ELSE r END AS row
  ) found
  LEFT JOIN LATERAL seal.texts_of(found.row) t ON (found.row).id IS NOT NULL
  WHERE l.index >= :from AND l.index < :until ORDER BY l.index`,
);

const ERASURES = `SELECT l.index::text AS index, l.salts, l.content AS leaf, t.header, ${partsSql('l.content')} AS parts
  FROM registry.log_row r JOIN seal.leaf l ON l.row_id = r.id AND l.row_at = r.at CROSS JOIN LATERAL seal.texts_of(r) t
  WHERE r.kind NOT IN ('DECISION', 'RELEASED') AND r.name = 'eraseEntries' AND r.leaf_from < :until AND r.leaf_until > :from
    AND l.index < :size ORDER BY l.index`;

/** Rows before the last sealed one that have no leaf: nobody but who writes past the hub can make them. */
const UNSEALED = `SELECT '-1' AS index, ''::bytea AS salts, ''::bytea AS leaf, t.header, ${partsSql("''::bytea")} AS parts
  FROM registry.log_row r CROSS JOIN seal.state s CROSS JOIN LATERAL seal.texts_of(r) t
  WHERE (r.incarnation, r.xid, r.id) <= (s.sealed_incarnation, s.sealed_xid, s.sealed_id)
    AND NOT EXISTS (SELECT FROM seal.leaf l WHERE l.row_id = r.id) LIMIT 1000`;

interface LeafRow {
  readonly index: string;
  readonly salts: Buffer | null;
  readonly leaf: Buffer;
  readonly header: string | null;
  readonly parts: string | null;
}

/**
 * Writes an export that can be verified without the hub into a new folder. `db` is a session of the auditor's role in UTC.
 * Throws an ExportFault when there is nothing to export.
 */
export async function exportLog(
  db: Pick<pg.Pool, 'query'>,
  wanted: Wanted,
  folder: string,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<Exported> {
  const checkpoint = await newestCheckpoint(db);
  const range = await rangeOf(db, wanted, checkpoint.size);
  const writer = new ExportWriter(folder);
  // Durable before anything is read (C13).
  await db.query(named('SELECT seal.note_export(:by, :from, :until)', { by: wanted.by, ...range }));
  writer.file(FILES.checkpoint, checkpoint.note);
  writer.file(FILES.policy, examplePolicy(checkpoint.note));
  const dictionaries = await dictionariesText(db);
  writer.file(FILES.dictionaries, dictionaries);
  const earlier = await earlierCheckpoints(db, checkpoint.size);
  for (const { log, size, note } of earlier)
    writer.file(`${FILES.checkpoints}/${String(log).padStart(3, '0')}-${String(size).padStart(16, '0')}`, note);
  const erasures = (await db.query<LeafRow>(named(ERASURES, { ...range, size: checkpoint.size }))).rows;
  writeAll(writer, FILES.erasures, erasures.map(lineOf));
  writeAll(writer, FILES.unsealed, (await db.query<LeafRow>(UNSEALED)).rows.map(lineOf));
  const tiles = tilesFor(
    checkpoint.size,
    range,
    [...earlier.map(({ size }) => size)],
    erasures.map(({ index }) => Number(index)),
  );
  const stored = new StoredTiles(db);
  for (const tile of tiles) writer.tile(tile, await stored.read(tile));
  await writeRows(db, writer, range, onProgress);
  const manifest: Manifest = { format: 2, ...range, dictionaries: hash('sha256', dictionaries, 'base64') };
  // Last: an export without it is not whole.
  writer.file(FILES.manifest, `${JSON.stringify(manifest)}\n`);
  return { ...manifest, size: checkpoint.size, isWitnessed: checkpoint.isWitnessed };
}

async function newestCheckpoint(
  db: Pick<pg.Pool, 'query'>,
): Promise<{ size: number; note: string; isWitnessed: boolean }> {
  const { rows } = await db.query<{ size: string; note: string; lines: string[]; witnessed: boolean }>(
    `SELECT c.size::text AS size, c.note, c.witnessed_at IS NOT NULL AS witnessed,
        ARRAY(SELECT s.line FROM seal.cosignature s WHERE s.log = c.log AND s.size = c.size ORDER BY s.witness) AS lines
      FROM seal.checkpoint c JOIN seal.state s ON s.log = c.log
      ORDER BY c.witnessed_at IS NOT NULL DESC, c.size DESC LIMIT 1`,
  );
  const [row] = rows;
  if (row === undefined) throw new ExportFault('Nothing of the log is sealed yet: start a sealer, or wait for it.');
  const note = `${row.note}${row.lines.join('')}`;
  return { size: parseSignedCheckpoint(note).checkpoint.size, note, isWitnessed: row.witnessed };
}

const RANGE = `SELECT coalesce((SELECT max(size) FROM seal.checkpoint WHERE sealed_at < :from), 0)::text AS from,
    greatest(
      (SELECT max(size) FROM seal.checkpoint WHERE sealed_at < :to),
      (SELECT max(l.index) + 1 FROM registry.log_row r JOIN seal.leaf l ON l.row_id = r.id
        WHERE r.id >= :firstId AND r.id < :idAfter),
      0
    )::text AS until`;

/** The leaves between the checkpoints around the interval, so that one taken away at its edges is missed too. */
async function rangeOf(
  db: Pick<pg.Pool, 'query'>,
  { from, to }: Wanted,
  size: number,
): Promise<{ from: number; until: number }> {
  const { rows } = await db.query<{ from: string; until: string }>(
    named(RANGE, { from, to, firstId: firstId(to.getTime() - LONGEST_LAG_MS), idAfter: firstId(to.getTime()) }),
  );
  const until = Math.min(Number(rows[0]?.until), size);
  return { from: Math.min(Number(rows[0]?.from), until), until };
}

/** As the state of the seal bounds its limit. */
const LONGEST_LAG_MS = 3_600_000;

/** The lowest id that a row of this instant can have: ids begin with their time (RFC 9562, version 7). */
function firstId(milliseconds: number): string {
  const time = Math.max(0, milliseconds).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

const EARLIER = `SELECT DISTINCT ON (c.log, date_trunc('day', c.sealed_at)) c.log, c.size::text AS size, c.note,
    ARRAY(SELECT s.line FROM seal.cosignature s WHERE s.log = c.log AND s.size = c.size ORDER BY s.witness) AS lines
  FROM seal.checkpoint c WHERE c.size < :size
  ORDER BY c.log, date_trunc('day', c.sealed_at), c.witnessed_at IS NOT NULL DESC, c.size`;

/** One checkpoint a day, and rather one that witnesses have cosigned: they date what is in the log. */
async function earlierCheckpoints(
  db: Pick<pg.Pool, 'query'>,
  size: number,
): Promise<{ log: number; size: number; note: string }[]> {
  const { rows } = await db.query<{ log: number; size: string; note: string; lines: string[] }>(
    named(EARLIER, { size }),
  );
  return rows.map(({ log, size, note, lines }) => ({ log, size: Number(size), note: `${note}${lines.join('')}` }));
}

/** The tiles that it takes to verify the leaves of a range, single leaves, and the roots of earlier trees. */
function tilesFor(
  size: number,
  { from, until }: { readonly from: number; readonly until: number },
  earlier: readonly number[],
  leaves: readonly number[],
): Tile[] {
  const tiles = new Map<string, Tile>();
  const add = (level: number, index: number): void => {
    const tile = tileIn(size, level, index);
    if (tile === null || tiles.has(`${level}/${index}`)) return;
    tiles.set(`${level}/${index}`, tile);
    // A full tile is verified by the one above it.
    if (tile.width === TILE_WIDTH && hashesAt(level + 1, size) > index) add(level + 1, Math.floor(index / TILE_WIDTH));
  };
  for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < until; index += 1) add(0, index);
  for (const leaf of leaves) add(0, Math.floor(leaf / TILE_WIDTH));
  for (const { level, index } of [size, ...earlier].flatMap(edgeTiles)) add(level, index);
  return [...tiles.values()];
}

async function writeRows(
  db: Pick<pg.Pool, 'query'>,
  writer: ExportWriter,
  { from, until }: { readonly from: number; readonly until: number },
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const file = writer.lines(FILES.entries);
  for (let index = from; index < until; index += BATCH) {
    const end = Math.min(index + BATCH, until);
    const { rows } = await db.query<LeafRow>(ROWS({ from: index, until: end }));
    file.write(rows.map(lineOf));
    onProgress(end - from, until - from);
  }
  file.end();
}

function writeAll(writer: ExportWriter, name: string, lines: readonly string[]): void {
  const file = writer.lines(name);
  file.write(lines);
  file.end();
}

function lineOf({ index, salts, leaf, header, parts }: LeafRow): string {
  return header === null || salts === null ? leafLine(index, leaf) : rowLine(index, salts, header, parts ?? '');
}
