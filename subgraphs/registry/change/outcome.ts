import { registerEnumType } from 'type-graphql';

/** The effect of a change. */
export enum Outcome {
  CREATED = 'CREATED',
  CHANGED = 'CHANGED',
  UNCHANGED = 'UNCHANGED',
  NOTED = 'NOTED',
}

registerEnumType(Outcome, {
  name: 'RegistryOutcome',
  description: 'The outcome of a change.',
  valuesConfig: {
    CREATED: { description: 'Something new was recorded, and counts.' },
    CHANGED: { description: 'An existing thing was changed.' },
    UNCHANGED: { description: 'The thing was already as requested.' },
    NOTED: {
      description: 'The statement was kept as a note and ended nothing: the person has no custody of the youth.',
    },
  },
});
