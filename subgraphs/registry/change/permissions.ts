import type { EntityManager } from '@mikro-orm/postgresql';

/** The youth or the group whose permissions a change may end. */
export interface Concerned {
  readonly youth: string | null;
  readonly groupId: string | null;
}

/** A permission, its known end, and the end of the time that the fence covers; in milliseconds since 1970, null for never. */
export interface Permission {
  readonly permission: string;
  readonly endsAt: number | null;
  readonly horizon: number;
}

/**
 * The time, as PostgreSQL writes intervals, in which what begins or ends is near a change. The change may be committed ten seconds
 * after its own time (the transaction_timeout), and answers decided before leave until the fence is over.
 */
export const NEAR = '15 seconds';

/** The columns of a Permission from registry.permissions_about. */
export const PERMISSION_COLUMNS = `permission, (extract(epoch FROM ends_at) * 1000)::float8 AS "endsAt",
  (extract(epoch FROM registry.clock() + interval '${NEAR}') * 1000)::float8 AS horizon`;

const PERMISSIONS = `SELECT ${PERMISSION_COLUMNS} FROM registry.permissions_about(?, ?, ?::interval)`;

/** The permissions that a change may end, read under its lock; with those that begin soon, and what has ended lately. */
export function permissionsBefore(em: EntityManager, { youth, groupId }: Concerned): Promise<Permission[]> {
  return em.execute<Permission[]>(PERMISSIONS, [youth, groupId, NEAR]);
}

/** The permissions that the change leaves. */
export function permissionsAfter(em: EntityManager, { youth, groupId }: Concerned): Promise<Permission[]> {
  return em.execute<Permission[]>(PERMISSIONS, [youth, groupId, null]);
}

/**
 * True if a permission is gone, or ends sooner than before and within the time that the fence covers. Every later decision knows an
 * end further ahead, and no answer to an earlier one lasts until then.
 */
export function hasEnded(before: readonly Permission[], after: readonly Permission[]): boolean {
  const left = new Map(after.map(({ permission, endsAt }) => [permission, endsAt ?? Number.POSITIVE_INFINITY]));
  return before.some(({ permission, endsAt, horizon }) => {
    const until = left.get(permission);
    return until === undefined || until < Math.min(endsAt ?? Number.POSITIVE_INFINITY, horizon);
  });
}
