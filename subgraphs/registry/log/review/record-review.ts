import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsOptional,
  IsUUID,
  Matches,
  MaxLength,
  MinLength,
} from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { authorOf } from '../../../../chassis/change/change.ts';
import { demandKey, KeyedInput } from '../../../../chassis/change/keyed-change.ts';
import type { HubContext } from '../../../../chassis/decide/context.ts';
import { WithoutIdentityNumber } from '../../../../chassis/input/plain-text.ts';
import { mutationText } from '../../../../chassis/mutation-text.ts';
import { statement } from '../../../../chassis/statement.ts';
import { HubError } from '../../../../schema/errors.ts';
import { change, type Demand, Receipt } from '../../change/change.ts';
import { Outcome } from '../../change/outcome.ts';
import { isToldSql } from '../../sql/ending.ts';
import { ownSql } from '../read/access-log-query.ts';
import { namesOf, scopeOf } from '../read/access-reader.ts';
import { entryById } from '../read/entry-answer.ts';
import { ReviewEntryRow, ReviewOutcome, ReviewRow } from './review.ts';

/** A review is of this many entries at most: as many as a sample has. */
const MOST_ENTRIES = 200;

@InputType({ description: 'The result of reviewing entries.' })
class RecordReviewInput extends KeyedInput {
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_ENTRIES)
  @ArrayUnique((id: unknown) => String(id).toLowerCase())
  @IsUUID(undefined, { each: true })
  @Field(() => [ID], { description: `The reviewed entries, 1 to ${MOST_ENTRIES}, each once.` })
  entryIds!: string[];

  @Field(() => ReviewOutcome, { description: 'The result, the same for all the entries.' })
  outcome!: ReviewOutcome;

  @WithoutIdentityNumber()
  @MinLength(10)
  @MaxLength(2000)
  @Field(() => String, {
    description: 'The reasons, 10 to 2,000 characters. Write about the access, without a personal identity number.',
  })
  note!: string;

  @IsOptional()
  @WithoutIdentityNumber()
  @Matches(/^[A-Za-z0-9_-]{1,64}$/, { message: 'seed is the seed of a reviewSample' })
  @Field(() => String, { nullable: true, description: 'The seed of the sample from which the entries were drawn.' })
  seed!: string | null;
}

const REVIEW: Demand = {
  mutation: 'recordReview',
  standing: `SELECT own.id AS agency, NULL::uuid AS "groupId", NULL::uuid AS youth, NULL::uuid AS programme
    FROM registry.agency own WHERE own.code = :agency AND registry.reviews(:roles)`,
};

/** Counts which of these entries the caller may review: a manager those of the own staff, an auditor those that may be read. */
const REVIEWABLE = statement<{
  readonly entryIds: readonly string[];
  readonly names: readonly string[];
  readonly scope: string | null;
  readonly isAuditor: boolean;
}>(
  'entries to review',
  `
  SELECT count(*)::int AS entries FROM unnest(:entryIds::uuid[]) AS given (id) CROSS JOIN ${entryById('given.id')}
  LEFT JOIN registry.agency a ON a.id = e.agency LEFT JOIN registry.agency s ON s.id = e.source
  WHERE ${isToldSql('e.at')} AND NOT ${ownSql(':names::text[]')}
    AND registry.is_in_scope(:scope, a.code, s.code, :isAuditor)`,
);

/** The mutation that records the outcome of a review. */
@Resolver()
export class RecordReviewResolver {
  @Directive('@restricted(roles: [AUDITOR, MANAGER])')
  @Directive(
    '@unfenced(reason: "It ends no permission; whoever is found to have had no ground keeps it until somebody takes it away.")',
  )
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Registrerar resultatet av en granskning av åtkomstloggen.',
      'Records the result of reviewing entries of the access log. Auditors review the entries that they may read. Managers review those of their agency’s own staff. Nobody reviews their own entries. A recorded review stays: record a second opinion as a second review. It needs an idempotencyKey: a repeat would be a second opinion.',
    ),
  })
  async recordReview(
    @Arg('input', () => RecordReviewInput) input: RecordReviewInput,
    @Ctx() context: HubContext,
  ): Promise<Receipt> {
    demandKey(input);
    return change(REVIEW, null, input, context, async (em, { agency }) => {
      await demandReviewable(input.entryIds, context);
      const { outcome, note, seed } = input;
      const review = em.create(ReviewRow, {
        agency,
        outcome,
        note,
        seed: seed ?? null,
        recordedBy: authorOf(context),
      });
      await em.persist(review).flush();
      for (const entry of input.entryIds) em.persist(em.create(ReviewEntryRow, { review: review.id, entry }));
      return { receipt: { id: review.id, outcome: Outcome.CREATED }, told: { thing: review.id } };
    });
  }
}

/** FORBIDDEN unless the caller may review every one of them, the same whether they exist. */
async function demandReviewable(entryIds: readonly string[], context: HubContext): Promise<void> {
  const reader = { names: namesOf(context), scope: scopeOf(context), isAuditor: !context.hasRole(['MANAGER']) };
  const { rows } = await context.sector.pool.query<{ entries: number }>(REVIEWABLE({ entryIds, ...reader }));
  if (rows[0]?.entries !== entryIds.length) throw HubError.constant('FORBIDDEN');
}
