/** What a field labelled with relation MEMBER is about. */
export interface MatterOf {
  readonly kind: 'youth' | 'group' | 'consent';
  readonly id: string;
}

/**
 * Decides relation MEMBER for one request: does the caller hold an informed seat in the group, or coordinate it? Every
 * decision is an entry in the access log before anything is read.
 */
export interface Memberships {
  /** Decides, and logs; rejects when the log cannot be written. */
  decide(matter: MatterOf): Promise<boolean>;
  /** Has the caller been found to be a member of this group, in this request? */
  includes(groupId: string): boolean;
}
