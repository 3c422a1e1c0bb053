import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';

/** What a write did. */
export enum WriteOutcome {
  CREATED = 'CREATED',
  CHANGED = 'CHANGED',
  UNCHANGED = 'UNCHANGED',
  WITHDRAWN = 'WITHDRAWN',
}

registerEnumType(WriteOutcome, {
  name: 'WriteOutcome',
  description: 'What a write did.',
  valuesConfig: {
    CREATED: { description: 'Something new was written.' },
    CHANGED: { description: 'What was there was changed.' },
    UNCHANGED: { description: 'It was already as asked.' },
    WITHDRAWN: { description: 'It was taken back and is read by nobody.' },
  },
});

/** What a mutation answers: ids and what it did, never content. */
export interface WriteReceipt {
  readonly id: string;
  readonly version: number;
  readonly outcome: WriteOutcome;
}

/** The receipt type of one sector, named for it: a type of two subgraphs would have to be shareable. */
export function receiptType(prefix: string): new () => WriteReceipt {
  @Directive('@open(reason: "Ids and outcome of the caller’s own write.")')
  @ObjectType(`${prefix}Receipt`, { description: 'What a write did; never content.' })
  class SectorReceipt implements WriteReceipt {
    @Field(() => ID, { description: 'The id of what was written (UUID).' })
    id!: string;

    @Field(() => Int, { description: 'Its version after the write; send it back to be told of changes in between.' })
    version!: number;

    @Field(() => WriteOutcome, { description: 'What the write did.' })
    outcome!: WriteOutcome;
  }
  return SectorReceipt;
}
