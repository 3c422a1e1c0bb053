/** The event that an entry records: a decision of `authorize`, a change of a fact, a read of the hub's own matters, or the outcome of an answer. */
export enum EntryKind {
  DECISION = 'DECISION',
  CHANGE = 'CHANGE',
  READ = 'READ',
  RELEASED = 'RELEASED',
  WITHHELD = 'WITHHELD',
  LATE = 'LATE',
}

/** The reason why a unit was denied or permitted, in the order of the rule. */
export enum Reason {
  BARRED = 'BARRED',
  ROLE = 'ROLE',
  NOT_ASSIGNED = 'NOT_ASSIGNED',
  NO_SEAT = 'NO_SEAT',
  GROUP_NOT_OPEN = 'GROUP_NOT_OPEN',
  NO_CONSENT = 'NO_CONSENT',
  NOT_GRANTED = 'NOT_GRANTED',
  REFUSED = 'REFUSED',
  WITHDRAWN = 'WITHDRAWN',
  SUPERSEDED = 'SUPERSEDED',
  EXPIRED = 'EXPIRED',
  NOT_SIGNED = 'NOT_SIGNED',
  SUSPENDED = 'SUSPENDED',
  NOT_YET_VALID = 'NOT_YET_VALID',
  NOT_ACKNOWLEDGED = 'NOT_ACKNOWLEDGED',
  PROTECTED = 'PROTECTED',
  CONSENT = 'CONSENT',
  OWN = 'OWN',
}
