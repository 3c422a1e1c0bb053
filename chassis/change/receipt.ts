import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';

/** The effect of a write. */
export enum WriteOutcome {
  CREATED = 'CREATED',
  CHANGED = 'CHANGED',
  UNCHANGED = 'UNCHANGED',
  WITHDRAWN = 'WITHDRAWN',
}

registerEnumType(WriteOutcome, {
  name: 'WriteOutcome',
  description: 'The outcome of a write.',
  valuesConfig: {
    CREATED: { description: 'Something new was written.' },
    CHANGED: { description: 'An existing thing was changed.' },
    UNCHANGED: { description: 'The thing was already as requested.' },
    WITHDRAWN: {
      description:
        'The thing was taken back, and nobody reads it any more. The answer to a feed too, if the record had been withdrawn and the content is new: the record stays withdrawn, and the content is not stored. Send `revive: true` to bring the record back.',
    },
  },
});

/** The answer to a mutation: ids and outcome, never content. */
export interface WriteReceipt {
  readonly id: string;
  readonly version: number;
  readonly outcome: WriteOutcome;
}

/** The receipt type of one sector, named after it: a type of two subgraphs would have to be shareable. */
export function receiptType(prefix: string): new () => WriteReceipt {
  @Directive('@open(reason: "Ids and outcome of the caller’s own write.")')
  @ObjectType(`${prefix}Receipt`, { description: 'The receipt of a write. It never holds content.' })
  class SectorReceipt implements WriteReceipt {
    @Field(() => ID, { description: 'The id of the written thing (UUID).' })
    id!: string;

    @Field(() => Int, { description: 'The version after the write. Send it back to detect changes in between.' })
    version!: number;

    @Field(() => WriteOutcome, { description: 'The outcome of the write.' })
    outcome!: WriteOutcome;
  }
  return SectorReceipt;
}
