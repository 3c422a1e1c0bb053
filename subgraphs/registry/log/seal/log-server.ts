import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type pg from 'pg';
import { statement } from '../../../../chassis/statement.ts';
import { type Listening, listenOn } from '../../../../process/listening.ts';
import { parseTilePath, TILE_WIDTH, type Tile } from '../../../../schema/log/tiles.ts';
import type { SealMetrics } from './metrics.ts';
import { StoredTiles } from './stored-tiles.ts';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly cache?: string;
}

const TEXT = 'text/plain; charset=utf-8';
const NOT_FOUND: Answer = { status: 404, type: TEXT, body: 'Not found.\n' };
const FOR_EVER = 'public, max-age=31536000, immutable';

/**
 * Serves checkpoint and tiles as C2SP tlog-tiles has them, and metrics. All of it is free of personal data and open to whoever
 * reaches the port: it is a listener of its own, since the subgraph's answers nobody without a caller assertion.
 */
export async function serveLog(
  pool: pg.Pool,
  metrics: SealMetrics,
  at: { readonly host: string; readonly port: number },
): Promise<Listening> {
  const stored = new StoredTiles(pool);
  const server = createServer((request, response) => {
    answer(request, pool, stored, metrics)
      .catch((): Answer => ({ status: 503, type: TEXT, body: 'The log cannot be read. Try again shortly.\n' }))
      .then((answered) => send(response, answered));
  });
  return listenOn(server, at);
}

function send(response: ServerResponse, { status, type, body, cache = 'no-store' }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': cache, 'x-content-type-options': 'nosniff' });
  response.end(body);
}

async function answer(
  request: IncomingMessage,
  pool: pg.Pool,
  stored: StoredTiles,
  metrics: SealMetrics,
): Promise<Answer> {
  if (request.method !== 'GET') return { status: 405, type: TEXT, body: 'Read by GET.\n' };
  if (request.url === '/health') return { status: 200, type: TEXT, body: 'ok\n' };
  if (request.url === '/metrics')
    return { status: 200, type: metrics.registry.contentType, body: await metrics.text() };
  if (request.url === '/checkpoint') {
    const note = await latestNote(pool);
    return note === null ? NOT_FOUND : { status: 200, type: TEXT, body: note };
  }
  const tile = parseTilePath((request.url ?? '').slice(1));
  if (tile === null) return NOT_FOUND;
  const body = await (tile.kind === 'entries' ? entriesOf(pool, tile) : hashesOf(stored, tile));
  return body === null ? NOT_FOUND : { status: 200, type: 'application/octet-stream', body, cache: FOR_EVER };
}

/** The latest checkpoint with the cosignatures that it has; null before the first. */
export async function latestNote(pool: Pick<pg.Pool, 'query'>): Promise<string | null> {
  const { rows } = await pool.query<{ note: string; lines: string[] }>({
    name: 'seal latest note',
    text: `SELECT c.note, ARRAY(SELECT s.line FROM seal.cosignature s WHERE s.log = c.log AND s.size = c.size ORDER BY s.witness) AS lines
      FROM seal.checkpoint c ORDER BY c.log DESC, c.size DESC LIMIT 1`,
  });
  const [latest] = rows;
  return latest === undefined ? null : `${latest.note}${latest.lines.join('')}`;
}

async function hashesOf(stored: StoredTiles, tile: Tile): Promise<Buffer | null> {
  try {
    return await stored.read(tile);
  } catch (cause) {
    if (cause instanceof RangeError) return null;
    throw cause;
  }
}

const ENTRIES = statement<{ readonly from: number; readonly until: number }>(
  'seal entries',
  'SELECT content FROM seal.leaf WHERE index >= :from AND index < :until ORDER BY index',
);

async function entriesOf(pool: pg.Pool, { index, width }: Tile): Promise<Buffer | null> {
  const { rows } = await pool.query<{ content: Buffer }>(
    ENTRIES({ from: index * TILE_WIDTH, until: index * TILE_WIDTH + width }),
  );
  if (rows.length < width) return null;
  return Buffer.concat(
    rows.flatMap(({ content }) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(content.length);
      return [length, content];
    }),
  );
}
