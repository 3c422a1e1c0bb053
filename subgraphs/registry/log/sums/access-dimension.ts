import { registerEnumType } from 'type-graphql';

/** What entries are counted by. */
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
  description: 'What entries are counted by.',
  valuesConfig: {
    CALLER: { description: 'The subject of the caller’s token.' },
    AGENCY: { description: 'The caller’s agency, by its code.' },
    SOURCE: { description: 'The agency whose information it was, by its code.' },
    CATEGORY: { description: 'The kind of information, by its code.' },
    REASON: { description: 'Why it was denied or permitted.' },
    DECISION: { description: 'PERMIT or DENY.' },
    DISCLOSURE: { description: 'What became of what was permitted: RELEASED, WITHHELD or POSSIBLE.' },
    GROUP: { description: 'The group that decided, by its id.' },
    PROGRAMME: { description: 'Its programme, by its code.' },
    HOUR: { description: 'The full hour in Sweden at which it began, as an instant.' },
    DAY: { description: 'The day in Sweden, as 2026-03-29.' },
    MONTH: { description: 'The month in Sweden, as 2026-03.' },
  },
});
