import type { HubContext } from '../../../../chassis/decide/context.ts';
import { parseSignedCheckpoint } from '../../../../schema/log/checkpoint.ts';
import type { LogCheckpoint } from './proofs.ts';

const CHECKPOINT = `SELECT c.size::text AS size, c.sealed_at AS "sealedAt", c.witnessed_at AS "witnessedAt", c.note,
    ARRAY(SELECT s.line FROM seal.cosignature s WHERE s.log = c.log AND s.size = c.size ORDER BY s.witness) AS lines
  FROM seal.checkpoint c ORDER BY c.log DESC, c.size DESC LIMIT 1`;

/** The log's newest checkpoint with the cosignatures that there are; null before the first entry is sealed. */
export async function latestCheckpoint({ sector }: HubContext): Promise<LogCheckpoint | null> {
  const { rows } = await sector.pool.query<{
    size: string;
    sealedAt: Date;
    witnessedAt: Date | null;
    note: string;
    lines: string[];
  }>({ name: 'latest checkpoint', text: CHECKPOINT });
  const [row] = rows;
  if (row === undefined) return null;
  const { origin, size, root } = parseSignedCheckpoint(row.note).checkpoint;
  const { sealedAt, witnessedAt } = row;
  return {
    origin,
    size,
    root: root.toString('base64'),
    note: `${row.note}${row.lines.join('')}`,
    sealedAt,
    witnessedAt,
  };
}
