import type { EntityManager } from '@mikro-orm/postgresql';
import { ArrayMaxSize, ArrayMinSize, IsOptional, IsUUID, MaxLength, MinLength, ValidateNested } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { authorOf } from '../../../chassis/change/change.ts';
import { demandKey } from '../../../chassis/change/keyed-change.ts';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { WithoutIdentityNumber } from '../../../chassis/input/plain-text.ts';
import { DateOnly, DateTime } from '../../../chassis/input/scalars.ts';
import { IsSubject } from '../../../chassis/input/subject.ts';
import { mutationText } from '../../../chassis/mutation-text.ts';
import { RevisedInput } from '../change/answered-key.ts';
import { change, type Demand, Receipt, STANDING_COLUMNS } from '../change/change.ts';
import { lockGroup } from '../change/locks.ts';
import { Outcome } from '../change/outcome.ts';
import { ConsentRow } from './consent.ts';
import { checkedGrants, checkedStart } from './consent-draft.ts';
import { ConsentGrantRow } from './grant.ts';

@InputType({
  description: 'A permission for one agency to share a kind of information with another. There are no wildcards.',
})
class GrantInput {
  @MaxLength(100)
  @Field(() => ID, {
    description: 'The code of the agency that owns the information. It must have a seat in the group.',
  })
  source!: string;

  @MaxLength(100)
  @Field(() => ID, {
    description: 'The code of the agency that may read the information. It must have a seat in the group.',
  })
  recipient!: string;

  @MaxLength(100)
  @Field(() => ID, { description: 'The code of the kind of information, from informationCategories.' })
  category!: string;

  @Field(() => DateOnly, {
    nullable: true,
    description: 'Records from this day on. Leave it out for records however old. Only for a category that has a date.',
  })
  dataFrom!: string | null;

  @Field(() => DateOnly, {
    nullable: true,
    description: 'Records before this day. Leave it out for records however new. Only for a category that has a date.',
  })
  dataTo!: string | null;
}

@InputType({ description: 'An assessment that a youth under 15 is mature enough to sign (mognadsbedömning).' })
class MaturityInput {
  @Field(() => DateTime, { description: 'When it was assessed, not in the future.' })
  assessedAt!: Date;

  @IsSubject()
  @Field(() => String, { description: 'The subject of the person who assessed it.' })
  assessedBy!: string;

  @WithoutIdentityNumber()
  @MinLength(10)
  @MaxLength(2000)
  @Field(() => String, { description: 'The reasons, 10 to 2,000 characters.' })
  reason!: string;
}

@InputType({ description: 'A version of a group’s consent. Its content never changes.' })
class ProposeConsentInput extends RevisedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The group (UUID).' })
  groupId!: string;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When the consent begins to apply, and replaces the fully signed version. Required while a fully signed version lasts, even if it is suspended; otherwise leave it out to begin now. Until each source has acknowledged the new version, nothing of that source is read.',
  })
  validFrom!: Date | null;

  @Field(() => DateTime, {
    description: 'When the consent ends: no later than the programme’s longest consent after validFrom.',
  })
  validUntil!: Date;

  @WithoutIdentityNumber()
  @MinLength(3)
  @MaxLength(2000)
  @Field(() => String, { description: 'The purpose of sharing the information (ändamål), 3 to 2,000 characters.' })
  purpose!: string;

  @WithoutIdentityNumber()
  @MinLength(1)
  @MaxLength(200)
  @Field(() => String, {
    description:
      'The reference under which the paper form is filed. The form carries name and number; the hub does not.',
  })
  paperReference!: string;

  @WithoutIdentityNumber()
  @MinLength(3)
  @MaxLength(2000)
  @Field(() => String, {
    description: 'The information given before signing, and how it is given, 3 to 2,000 characters.',
  })
  informationGiven!: string;

  @WithoutIdentityNumber()
  @MinLength(2)
  @MaxLength(35)
  @Field(() => String, { description: 'The language in which the information is given, for example sv (BCP 47).' })
  language!: string;

  @Field(() => Boolean, { defaultValue: false, description: 'True if an interpreter is present (tolk).' })
  interpreter!: boolean;

  @IsOptional()
  @WithoutIdentityNumber()
  @MinLength(1)
  @MaxLength(2000)
  @Field(() => String, { nullable: true, description: 'The child’s own view (barnets inställning).' })
  childView!: string | null;

  @ValidateNested()
  @Field(() => MaturityInput, { nullable: true, description: 'A maturity assessment, if one was made.' })
  maturity!: MaturityInput | null;

  @ArrayMinSize(1)
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Field(() => [GrantInput], { description: 'The grants, 1 to 500: who may read what from whom.' })
  grants!: GrantInput[];
}

const PROPOSE: Demand = {
  mutation: 'proposeConsent',
  revises: 'group',
  endsOnlyPermissions: true,
  standing: `SELECT ${STANDING_COLUMNS} FROM registry.coordinated_by(:caller, :roles, :agency) s WHERE s.group_id = :thing`,
};

/** The mutation that proposes a consent or its renewal. */
@Resolver()
export class ProposeConsentResolver {
  @Directive('@restricted(roles: [COORDINATOR])')
  @Directive('@fenced')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Föreslår en ny version av gruppens samtycke, som sedan ska undertecknas.',
      'Proposes a version of a group’s consent, to be signed. Renew or change a consent by a new version too. It needs an idempotencyKey: a repeat would replace the version by another. For the group’s coordinator; everyone else gets FORBIDDEN. Open the group first: otherwise it is CONFLICT. The new version ends a version that still waits for signatures. A fully signed version lasts until the new one is fully signed and begins.',
    ),
  })
  proposeConsent(
    @Arg('input', () => ProposeConsentInput) input: ProposeConsentInput,
    @Ctx() context: HubContext,
  ): Promise<Receipt> {
    demandKey(input);
    return change(PROPOSE, input.groupId, input, context, async (em) => {
      await lockGroup(em, input.groupId);
      const consent = await draft(em, input, authorOf(context));
      const grants = await checkedGrants(em, input.groupId, input.grants);
      await em.persist(consent).flush();
      for (const grant of grants) em.persist(em.create(ConsentGrantRow, { consent: consent.id, ...grant }));
      const { id, version } = consent;
      return {
        receipt: { id, outcome: Outcome.CREATED, consentId: id },
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
