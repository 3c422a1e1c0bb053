import { registerEnumType } from 'type-graphql';

/** What a change did. */
export enum Outcome {
  CREATED = 'CREATED',
  CHANGED = 'CHANGED',
  UNCHANGED = 'UNCHANGED',
  NOTED = 'NOTED',
}

registerEnumType(Outcome, {
  name: 'RegistryOutcome',
  description: 'What a change did.',
  valuesConfig: {
    CREATED: { description: 'Something new was recorded, and counts.' },
    CHANGED: { description: 'What was there was changed.' },
    UNCHANGED: { description: 'It was already as asked.' },
    NOTED: { description: 'It was kept as a note and ended nothing: whoever said it has no custody of the youth.' },
  },
});
