import type { EntityManager } from '@mikro-orm/postgresql';
import { ArrayMaxSize, ArrayMinSize, IsOptional, IsUUID, MaxLength, MinLength, ValidateNested } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { authorOf } from '../../../chassis/change/change.ts';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { WithoutIdentityNumber } from '../../../chassis/input/plain-text.ts';
import { DateOnly, DateTime } from '../../../chassis/input/scalars.ts';
import { RevisedInput } from '../change/answered-key.ts';
import { change, type Demand, Receipt, STANDING_COLUMNS } from '../change/change.ts';
import { lockGroup } from '../change/locks.ts';
import { Outcome } from '../change/outcome.ts';
import { ConsentRow } from './consent.ts';
import { checkedGrants, checkedStart } from './consent-draft.ts';
import { ConsentGrantRow } from './grant.ts';

@InputType({ description: 'What one agency may tell another: no wildcards.' })
class GrantInput {
  @MaxLength(100)
  @Field(() => ID, { description: 'The code of the agency whose information it is; it has a seat in the group.' })
  source!: string;

  @MaxLength(100)
  @Field(() => ID, { description: 'The code of the agency that may read it; it has a seat in the group.' })
  recipient!: string;

  @MaxLength(100)
  @Field(() => ID, { description: 'The code of the kind of information, as informationCategories lists them.' })
  category!: string;

  @Field(() => DateOnly, {
    nullable: true,
    description: 'Records from this day on; leave it out: however old. Only for a category that has a date.',
  })
  dataFrom!: string | null;

  @Field(() => DateOnly, {
    nullable: true,
    description: 'Records before this day; leave it out: however new. Only for a category that has a date.',
  })
  dataTo!: string | null;
}

@InputType({ description: 'That a youth under 15 was found mature enough to sign (mognadsbedömning).' })
class MaturityInput {
  @Field(() => DateTime, { description: 'When; not ahead.' })
  assessedAt!: Date;

  @WithoutIdentityNumber()
  @MinLength(1)
  @MaxLength(255)
  @Field(() => String, { description: 'The subject of who assessed it.' })
  assessedBy!: string;

  @WithoutIdentityNumber()
  @MinLength(10)
  @MaxLength(2000)
  @Field(() => String, { description: 'Why, 10 to 2,000 characters.' })
  reason!: string;
}

@InputType({ description: 'A version of a group’s consent; what it says never changes.' })
class ProposeConsentInput extends RevisedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The group (UUID).' })
  groupId!: string;

  @Field(() => DateTime, { nullable: true, description: 'From when it applies; leave it out: from now.' })
  validFrom!: Date | null;

  @Field(() => DateTime, {
    description: 'Until when it applies; no later than the programme’s longest time after validFrom.',
  })
  validUntil!: Date;

  @WithoutIdentityNumber()
  @MinLength(3)
  @MaxLength(2000)
  @Field(() => String, { description: 'What the information is for (ändamål), 3 to 2,000 characters.' })
  purpose!: string;

  @WithoutIdentityNumber()
  @MinLength(1)
  @MaxLength(200)
  @Field(() => String, { description: 'What the paper form, which carries name and number, is filed under.' })
  paperReference!: string;

  @WithoutIdentityNumber()
  @MinLength(3)
  @MaxLength(2000)
  @Field(() => String, { description: 'What is told before signing, and how; 3 to 2,000 characters.' })
  informationGiven!: string;

  @WithoutIdentityNumber()
  @MinLength(2)
  @MaxLength(35)
  @Field(() => String, { description: 'The language that it is told in, as sv (BCP 47).' })
  language!: string;

  @Field(() => Boolean, { defaultValue: false, description: 'Is an interpreter there (tolk)?' })
  interpreter!: boolean;

  @IsOptional()
  @WithoutIdentityNumber()
  @MinLength(1)
  @MaxLength(2000)
  @Field(() => String, { nullable: true, description: 'The child’s own view (barnets inställning).' })
  childView!: string | null;

  @ValidateNested()
  @Field(() => MaturityInput, { nullable: true, description: 'A maturity assessment, if there was one.' })
  maturity!: MaturityInput | null;

  @ArrayMinSize(1)
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Field(() => [GrantInput], { description: 'Who may read what from whom: 1 to 500 grants.' })
  grants!: GrantInput[];
}

const PROPOSE: Demand = {
  mutation: 'proposeConsent',
  revises: 'group',
  standing: `SELECT ${STANDING_COLUMNS} FROM registry.coordinated_by(:caller, :roles, :agency) s WHERE s.group_id = :thing`,
};

/** How a consent, or its renewal, is proposed. */
@Resolver()
export class ProposeConsentResolver {
  @Directive('@restricted(roles: [COORDINATOR])')
  @Directive('@fenced')
  @Mutation(() => Receipt, {
    nullable: true,
    description:
      'Proposes a version of an open group’s consent (samtycke), to be signed. It ends a version that still waits for signatures; one that is fully signed lasts until this one is (C7). For the group’s coordinator; FORBIDDEN otherwise. CONFLICT while the group is not open.',
  })
  proposeConsent(
    @Arg('input', () => ProposeConsentInput) input: ProposeConsentInput,
    @Ctx() context: HubContext,
  ): Promise<Receipt> {
    return change(PROPOSE, input.groupId, input, context, async (em) => {
      await lockGroup(em, input.groupId);
      const consent = await draft(em, input, authorOf(context));
      const grants = await checkedGrants(em, input.groupId, input.grants);
      await em.persist(consent).flush();
      for (const grant of grants) em.persist(em.create(ConsentGrantRow, { consent: consent.id, ...grant }));
      const { id, version } = consent;
      return {
        receipt: { id, outcome: Outcome.CREATED },
        told: { thing: id, consent: id, consentVersion: version },
      };
    });
  }
}

/** The next version of the group's consent, not yet stored. */
async function draft(em: EntityManager, input: ProposeConsentInput, recordedBy: string): Promise<ConsentRow> {
  const { groupId, validUntil, purpose, paperReference, informationGiven, language, interpreter, maturity } = input;
  const maturityAssessedAt = maturity?.assessedAt ?? null;
  const validFrom = await checkedStart(em, groupId, {
    validFrom: input.validFrom ?? null,
    validUntil,
    maturityAssessedAt,
  });
  const before = await em.count(ConsentRow, { groupId });
  return em.create(ConsentRow, {
    groupId,
    version: before + 1,
    validFrom,
    validUntil,
    purpose,
    paperReference,
    informationGiven,
    language,
    interpreter,
    childView: input.childView ?? null,
    maturityAssessedAt,
    maturityAssessedBy: maturity?.assessedBy ?? null,
    maturityReason: maturity?.reason ?? null,
    recordedBy,
  });
}
