import { registerEnumType } from 'type-graphql';

/** The dimensions that entries are counted by. */
export enum AccessDimension {
  CALLER = 'CALLER',
  AGENCY = 'AGENCY',
  SOURCE = 'SOURCE',
  CATEGORY = 'CATEGORY',
  REASON = 'REASON',
  DECISION = 'DECISION',
  DISCLOSURE = 'DISCLOSURE',
  GROUP = 'GROUP',
  PROGRAMME = 'PROGRAMME',
  HOUR = 'HOUR',
  DAY = 'DAY',
  MONTH = 'MONTH',
}

registerEnumType(AccessDimension, {
  name: 'AccessDimension',
  description: 'A property by which entries are counted.',
  valuesConfig: {
    CALLER: { description: 'The subject of the caller’s token.' },
    AGENCY: { description: 'The caller’s agency, by its code.' },
    SOURCE: { description: 'The agency whose information it was, by its code.' },
    CATEGORY: { description: 'The kind of information, by its code.' },
    REASON: { description: 'The reason why it was denied or permitted.' },
    DECISION: { description: 'PERMIT or DENY.' },
    DISCLOSURE: { description: 'The outcome of a permitted read: RELEASED, WITHHELD or POSSIBLE.' },
    GROUP: { description: 'The id of the group that decided.' },
    PROGRAMME: { description: 'The code of the programme of that group.' },
    HOUR: { description: 'The full hour, Swedish time, in which the read began, as an instant.' },
    DAY: { description: 'The day, Swedish time, for example 2026-03-29.' },
    MONTH: { description: 'The month, Swedish time, for example 2026-03.' },
  },
});
