import type pg from 'pg';
import { named } from '../../../../chassis/statement.ts';

/** Why a log is halted: nothing is sealed or decided until an operator has reconciled it. */
export type HaltReason =
  /** A witness has cosigned more than there is: entries have been lost, as after the restore of a backup. */
  | 'WITNESS_AHEAD'
  /** A witness has cosigned another tree: sealed entries have been rewritten, or the log has been split. */
  | 'WITNESS_DISAGREES'
  /** The sealer remembers more than there is: entries have been lost, as after the restore of a backup. */
  | 'MEMORY_AHEAD'
  /** The sealer remembers another tree: sealed entries have been rewritten. */
  | 'MEMORY_DISAGREES'
  /** The sealer remembers nothing of a log that has been sealed, so it cannot tell whether all is there. */
  | 'MEMORY_LOST'
  /** The stored tree is not what was sealed. */
  | 'TREE_DIFFERS'
  /** The database stands on another server: one whose transactions are numbered anew, or a standby that was promoted. */
  | 'OTHER_SERVER';

/** The state of the sealing. */
export interface SealState {
  readonly origin: string | null;
  readonly log: number;
  readonly incarnation: number;
  readonly size: number;
  readonly root: Buffer;
  /** The last entry that is sealed, in the sealing order. */
  readonly last: readonly [incarnation: number, xid: string, id: string];
  readonly sweeping: boolean;
  readonly haltedWhy: HaltReason | null;
  /** True on another server than the one that the log was sealed on. */
  readonly isElsewhere: boolean;
  /** True on a server that was promoted since: something must then vouch that it has all that was sealed. */
  readonly isPromoted: boolean;
}

const STATE = `SELECT s.origin, s.log, s.incarnation, s.size, s.root, s.sealed_incarnation, s.sealed_xid::text AS sealed_xid,
    s.sealed_id, s.sweeping, s.halted_why, s.system_identifier <> c.system_identifier AS is_elsewhere,
    s.timeline <> seal.timeline() AS is_promoted
  FROM seal.state s CROSS JOIN pg_control_system() c`;

interface StateRow {
  origin: string | null;
  log: number;
  incarnation: number;
  size: string;
  root: Buffer;
  sealed_incarnation: number;
  sealed_xid: string;
  sealed_id: string;
  sweeping: boolean;
  halted_why: HaltReason | null;
  is_elsewhere: boolean | null;
  is_promoted: boolean | null;
}

/** The state, as it is now. */
export async function readState(db: Pick<pg.Client, 'query'>): Promise<SealState> {
  const { rows } = await db.query<StateRow>({ name: 'seal state', text: STATE });
  const [row] = rows;
  if (row === undefined) throw new Error('The state of the log is gone: restore it.');
  return stateOf(row);
}

/** The state, locked until the transaction ends; null while another sealer has it. */
export async function lockState(db: Pick<pg.Client, 'query'>): Promise<SealState | null> {
  const { rows } = await db.query<StateRow>({ name: 'seal lock', text: `${STATE} FOR UPDATE OF s SKIP LOCKED` });
  return rows[0] === undefined ? null : stateOf(rows[0]);
}

function stateOf(row: StateRow): SealState {
  return {
    origin: row.origin,
    log: row.log,
    incarnation: row.incarnation,
    size: Number(row.size),
    root: row.root,
    last: [row.sealed_incarnation, row.sealed_xid, row.sealed_id],
    sweeping: row.sweeping,
    haltedWhy: row.halted_why,
    isElsewhere: row.is_elsewhere === true,
    isPromoted: row.is_promoted === true,
  };
}

/** Halts the log for everybody, whatever process notices; false when it was halted already. */
export async function halt(db: Pick<pg.Client, 'query'>, why: HaltReason): Promise<boolean> {
  const { rowCount } = await db.query(
    named('UPDATE seal.state SET halted_at = clock_timestamp(), halted_why = :why WHERE halted_why IS NULL', { why }),
  );
  return rowCount === 1;
}

/** The name under which a log signs: the configured one, and for a log that follows another, its number behind it. */
export function originOf(origin: string, log: number): string {
  return log === 1 ? origin : `${origin}/${log}`;
}

/** The number of the log that signs under `name`, where the configured name is `origin`; null when it is no log of that name. */
export function logNumber(origin: string, name: string): number | null {
  if (name === origin) return 1;
  const [, digits] = name.startsWith(`${origin}/`)
    ? (/^\/([2-9]|[1-9]\d{1,8})$/.exec(name.slice(origin.length)) ?? [])
    : [];
  return digits === undefined ? null : Number(digits);
}
