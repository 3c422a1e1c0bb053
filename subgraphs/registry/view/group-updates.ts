import { Arg, Ctx, Directive, ID, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { statement } from '../../../chassis/statement.ts';
import { HubError } from '../../../schema/errors.ts';
import { agencySql } from '../catalogue/agency.ts';
import { membershipsOf } from '../entry/membership.ts';
import { isToldSql } from '../sql/ending.ts';
import { type GroupUpdate, GroupUpdates } from './group-update.ts';

/** Updates of an answer, at most. */
const AT_MOST = 200;

/** Bytes of the SHA-256 of the view. A cursor also has 8 bytes of transaction id and 16 bytes of row id. */
const VIEW_BYTES = 32;
const CURSOR_BYTES = VIEW_BYTES + 8 + 16;

/**
 * The updates in the order (xid, id) after the cursor `xid`, `id`, up to the first that must not be reported yet: one whose
 * transaction has an older one still running beside it, or one so young that it could reveal an end that is not in force (C14).
 * A cursor of another view than `view` counts as the beginning. The view consists of the group, the agency, the part of the group
 * that the caller may see, and the database's incarnation, since a restored database gives the same transaction ids again.
 */
const UPDATES = statement<{
  readonly group: string;
  readonly agency: string;
  readonly view: Buffer | null;
  readonly xid: string;
  readonly id: string;
  readonly coordinates: boolean;
}>(
  'group updates',
  `
  WITH here AS MATERIALIZED (
    SELECT own.id AS agency, sha256(convert_to(concat_ws(' ', server.system_identifier,
      left(pg_walfile_name(pg_current_wal_lsn()), 8), :group::uuid, own.code, :coordinates::boolean), 'UTF8')) AS view
    FROM pg_control_system() server CROSS JOIN registry.agency own WHERE own.code = :agency
  ), told AS (
    SELECT u.*, bool_and(
      u.xid < pg_snapshot_xmin(pg_current_snapshot()) AND ${isToldSql('u.at')}
    ) OVER (ORDER BY u.xid, u.id) AS told
    FROM here JOIN registry.group_update u ON u.group_id = :group
    WHERE here.view IS DISTINCT FROM :view::bytea OR (u.xid, u.id) > (:xid::xid8, :id::uuid)
  )
  SELECT here.view, u.xid, u.id, u.group_id AS "groupId", u.kind, u.at, u.seat AS "seatId", u.consent AS "consentId",
    u.consent_grant AS "grantId",
    CASE WHEN s.id IS NOT NULL THEN ${agencySql('s')} END AS source,
    CASE WHEN r.id IS NOT NULL THEN ${agencySql('r')} END AS recipient
  FROM here
  LEFT JOIN told u ON u.told AND (:coordinates OR NOT u.coordinator_only AND (
    u.source IS NULL OR here.agency IN (u.source, u.recipient)
  ))
  LEFT JOIN registry.agency s ON s.id = u.source
  LEFT JOIN registry.agency r ON r.id = u.recipient
  ORDER BY u.xid, u.id
  LIMIT ${AT_MOST + 1}`,
);

/** A reader's position in the order of a group's updates, and the view. */
interface Position {
  readonly view: Buffer;
  readonly xid: string;
  readonly id: string;
}

interface UpdateRow extends GroupUpdate {
  readonly view: Buffer;
  readonly xid: string | null;
  readonly id: string;
}

const START = { xid: '0', id: '00000000-0000-0000-0000-000000000000' };

/** The changes in a group, for its members and their agencies' systems to poll. */
@Resolver()
export class GroupUpdatesResolver {
  @Directive('@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER], relation: MEMBER)')
  @Query(() => GroupUpdates, {
    nullable: true,
    description:
      'The changes in a group since a cursor, at most 200 at a time. Without a cursor it starts from the beginning. Poll it with the cursor of the previous answer, and you miss nothing. A cursor of another agency’s or role’s answers, or from before a restore, starts again from the beginning. A change shows about ten seconds after it was recorded: earlier it could reveal an end that is not in force yet. An end that comes by itself, by a date or a birthday, is no change: the consent shows it beforehand. FORBIDDEN if you are not a member, whether or not the group exists. An ended group has no members.',
  })
  async groupUpdates(
    @Arg('groupId', () => ID, { description: 'The group (UUID).' }) groupId: string,
    @Arg('after', () => String, { nullable: true, description: 'The cursor of an earlier answer.' }) after:
      | string
      | null,
    @Ctx() context: HubContext,
  ): Promise<GroupUpdates> {
    const from = positionOf(after ?? null);
    const { agency } = context.caller;
    const coordinates = membershipsOf(context).coordinates(groupId.toLowerCase());
    const { view, xid, id } = from ?? { ...START, view: null };
    const { rows } = await context.sector.pool.query<UpdateRow>(
      UPDATES({ group: groupId, agency, view, xid, id, coordinates }),
    );
    const [first] = rows;
    if (first === undefined)
      throw new Error(
        'The member’s agency is missing in the registry, although the hub must know every member’s agency.',
      );
    const found = rows.filter(({ xid }) => xid !== null);
    const listed = found.slice(0, AT_MOST);
    return {
      groupId: groupId.toLowerCase(),
      updates: listed,
      cursor: cursorOf(listed.at(-1) ?? standing(from, first.view), first.view),
      hasMore: found.length > AT_MOST,
    };
  }
}

/** The position of a reader who got no updates: the former one, if it was in this view. */
function standing(from: Position | null, view: Buffer): typeof START {
  return from?.view.equals(view) === true ? from : START;
}

function cursorOf({ xid, id }: { readonly xid: string | null; readonly id: string }, view: Buffer): string {
  const transaction = Buffer.alloc(8);
  transaction.writeBigUInt64BE(BigInt(xid ?? 0));
  return Buffer.concat([view, transaction, Buffer.from(id.replaceAll('-', ''), 'hex')]).toString('base64url');
}

/** The position that a cursor stands for; null without one; BAD_USER_INPUT if it is not a cursor. */
function positionOf(after: string | null): Position | null {
  if (after === null) return null;
  const bytes = Buffer.from(after, 'base64url');
  if (bytes.length !== CURSOR_BYTES) {
    throw new HubError('BAD_USER_INPUT', 'after must be a cursor of an earlier answer. Send one, or leave it out.', {
      field: 'after',
    });
  }
  return {
    view: bytes.subarray(0, VIEW_BYTES),
    xid: String(bytes.readBigUInt64BE(VIEW_BYTES)),
    id: bytes.subarray(VIEW_BYTES + 8).toString('hex'),
  };
}
