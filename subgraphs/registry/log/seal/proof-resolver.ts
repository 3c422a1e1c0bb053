import type pg from 'pg';
import { Arg, Ctx, Directive, ID, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../../chassis/decide/context.ts';
import { TreeSize } from '../../../../chassis/input/scalars.ts';
import { statement } from '../../../../chassis/statement.ts';
import { HubError } from '../../../../schema/errors.ts';
import { TiledTree } from '../../../../schema/log/tiles.ts';
import { isMixedAuditor } from '../../entry/auditor.ts';
import { type Asker, appendSql, asker, logged } from '../../entry/log.ts';
import { isToldSql } from '../../sql/ending.ts';
import { ownSql } from '../read/access-log-query.ts';
import { namesOf, scopeOf } from '../read/access-reader.ts';
import { latestCheckpoint } from './latest-checkpoint.ts';
import { LogCheckpoint, LogConsistency, LogInclusion } from './proofs.ts';
import { StoredTiles } from './stored-tiles.ts';

const OPEN = '@open(reason: "Hashes and signatures. Nothing of it is personal.")';

/** Reading a proof is reading the log: an entry, durable before anything of it is read. */
const NOTE = statement<Asker & { readonly permitted: boolean; readonly entryId: string }>(
  'note proof',
  appendSql('READ', ':permitted::boolean', { name: "'inclusionProof'", thing: ':entryId::uuid' }, ''),
);

/**
 * As the query accessLog shows entries: within the reader's scope, and not before they may be shown. A part, or the header, is
 * shown where the reader may read each entry in it.
 */
const SEALED = statement<{
  readonly entryId: string;
  readonly scope: string | null;
  readonly names: readonly string[];
  readonly audits: boolean;
}>(
  'sealed entry',
  `SELECT l.index::text AS index, l.content AS leaf, e.part,
    CASE WHEN shown.part AND tells.protection THEN substr(l.salts, e.part * 16 + 1, 16) END AS salt,
    CASE WHEN shown.part AND tells.protection THEN t.parts[e.part] END AS content,
    CASE WHEN shown.header THEN substr(l.salts, 1, 16) END AS header_salt, CASE WHEN shown.header THEN t.header END AS header
  FROM seal.leaf l
  JOIN registry.log_row r ON r.id = l.row_id AND r.at = l.row_at
  JOIN registry.entry e ON e.row_id = r.id AND e.at = r.at
  CROSS JOIN LATERAL seal.texts_of(r) t
  LEFT JOIN registry.agency a ON a.id = e.agency
  LEFT JOIN registry.agency s ON s.id = e.source
  CROSS JOIN LATERAL (SELECT ${ownSql(':names::text[]')} AS entry) own
  CROSS JOIN LATERAL (
    SELECT NOT own.entry AND bool_and(unit.readable) AS header,
      NOT own.entry AND bool_and(unit.readable) FILTER (WHERE unit.part = e.part) AS part
    FROM (
      SELECT u.part, coalesce(registry.is_in_scope(:scope, a.code, us.code, true), false) AS readable
      FROM unnest(r.unit_part, r.unit_source) AS u (part, source) LEFT JOIN registry.agency us ON us.id = u.source
    ) unit
  ) shown
  -- C16: the part says whether the youth had protected identity.
  CROSS JOIN LATERAL (
    SELECT e.kind <> 'DECISION' OR registry.shows_protection(
      CASE WHEN :scope::text IS NOT NULL THEN coalesce((SELECT id FROM registry.agency WHERE code = :scope), -1) END,
      :audits::boolean, e.reason, e.youth) AS protection
  ) tells
  WHERE l.row_id = registry.row_of(:entryId) AND e.id = :entryId AND ${isToldSql('e.at')}
    AND registry.is_in_scope(:scope, a.code, s.code, NOT (own.entry AND NOT e.permitted))`,
);

const tilesOf = new WeakMap<pg.Pool, StoredTiles>();

/** The queries by which an auditor proves that the log has not been rewritten: checkpoint, inclusion, consistency. */
@Resolver()
export class ProofResolver {
  @Directive(OPEN)
  @Query(() => LogCheckpoint, {
    nullable: true,
    description: 'The access log’s latest checkpoint. Null before the first entry is sealed.',
  })
  logCheckpoint(@Ctx() context: HubContext): Promise<LogCheckpoint | null> {
    return latestCheckpoint(context);
  }

  @Directive(OPEN)
  @Query(() => LogConsistency, {
    description:
      'A proof that the access log at the size `to` begins with everything that was in it at the size `from`. Both are sizes of checkpoints, from 1 to the latest.',
  })
  async consistencyProof(
    @Arg('from', () => TreeSize, { description: 'The size of the earlier tree.' }) from: number,
    @Arg('to', () => TreeSize, { description: 'The size of the later tree.' }) to: number,
    @Ctx() context: HubContext,
  ): Promise<LogConsistency> {
    const size = (await latestCheckpoint(context))?.size ?? 0;
    if (from < 1 || from > to || to > size) {
      throw new HubError(
        'BAD_USER_INPUT',
        'from is 1 or more and at most to, and to at most the size of logCheckpoint.',
        {
          field: 'from',
        },
      );
    }
    const hashes = await treeOf(context, size).consistencyProof(from, to);
    return { from, to, hashes: hashes.map(inBase64) };
  }

  @Directive('@restricted(roles: [AUDITOR, MANAGER])')
  @Query(() => LogInclusion, {
    nullable: true,
    description:
      'A proof that an entry is in the access log, in the call that it belongs to. You may ask for the entries that accessLog shows you. Null if the entry is not sealed yet, is erased, or is not yours to read. Asking adds an entry to the log.',
  })
  async inclusionProof(
    @Arg('entryId', () => ID, { description: 'The id of the entry.' }) entryId: string,
    @Ctx() context: HubContext,
  ): Promise<LogInclusion | null> {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(entryId))
      throw new HubError('BAD_USER_INPUT', 'entryId is the id of an entry (UUID).', { field: 'entryId' });
    const permitted = !isMixedAuditor(context);
    await logged(NOTE({ ...asker(context), permitted, entryId }), context);
    if (!permitted) throw HubError.constant('FORBIDDEN');
    const checkpoint = await latestCheckpoint(context);
    const { rows } = await context.sector.pool.query<SealedRow>(
      SEALED({
        entryId,
        scope: scopeOf(context),
        names: namesOf(context),
        audits: context.caller.roles.includes('AUDITOR'),
      }),
    );
    const [row] = rows;
    if (row === undefined || checkpoint === null || Number(row.index) >= checkpoint.size) return null;
    const hashes = await treeOf(context, checkpoint.size).inclusionProof(Number(row.index));
    return {
      entryId: entryId.toLowerCase(),
      index: Number(row.index),
      leaf: inBase64(row.leaf),
      part: row.part,
      salt: row.salt === null ? null : inBase64(row.salt),
      content: row.content,
      headerSalt: row.header_salt === null ? null : inBase64(row.header_salt),
      header: row.header,
      hashes: hashes.map(inBase64),
      checkpoint,
    };
  }
}

interface SealedRow {
  readonly index: string;
  readonly leaf: Buffer;
  readonly part: number;
  readonly salt: Buffer | null;
  readonly content: string | null;
  readonly header_salt: Buffer | null;
  readonly header: string | null;
}

/** The tree at a size, from the tiles that the pool reads and keeps. */
function treeOf({ sector }: HubContext, size: number): TiledTree {
  const stored = tilesOf.get(sector.pool) ?? new StoredTiles(sector.pool);
  tilesOf.set(sector.pool, stored);
  return new TiledTree(size, stored.read);
}

function inBase64(bytes: Buffer): string {
  return bytes.toString('base64');
}
