/** What a field labelled with relation MEMBER is about. */
export interface MatterOf {
  readonly kind: 'youth' | 'group' | 'consent';
  readonly id: string;
}

/** An entrance to a group's matters: the kind of matter that a field of Query opens, and the argument that names it. */
export interface Entrance {
  readonly kind: MatterOf['kind'];
  readonly argument: string;
}

/** The entrances that a subgraph declares, by field of Query. `Youth` is an entrance everywhere. */
export type Entrances = Readonly<Record<string, Entrance>>;

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
