/** The matter of a field labelled with relation MEMBER. */
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

/** An attempt at a field about a youth that takes a role which the caller lacks. */
export interface RefusedByRole {
  readonly kind: 'READ' | 'CHANGE';
  /** The field's name. */
  readonly name: string;
  readonly youthId: string;
}

/**
 * Decides relation MEMBER for one request: whether the caller holds an informed seat in the group, or coordinates it. Every
 * decision is an entry in the access log before anything is read.
 */
export interface Memberships {
  /** Decides and logs. Rejects if the log cannot be written. */
  decide(matter: MatterOf): Promise<boolean>;
  /** Adds the attempt to the access log. Rejects if the log cannot be written. */
  noteRefusal(refused: RefusedByRole): Promise<void>;
  /** True if this request has found the caller to be a member of the group. */
  includes(groupId: string): boolean;
}
