import type { EntityManager } from '@mikro-orm/postgresql';
import { IsHexadecimal, IsOptional, IsUUID, Length, MaxLength, MinLength } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { authorOf, personBehind } from '../../../chassis/change/change.ts';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { WithoutIdentityNumber } from '../../../chassis/input/plain-text.ts';
import { DateTime } from '../../../chassis/input/scalars.ts';
import { mutationText } from '../../../chassis/mutation-text.ts';
import { HubError } from '../../../schema/errors.ts';
import { RevisedInput } from '../change/answered-key.ts';
import { change, type Demand, Receipt, STANDING_COLUMNS } from '../change/change.ts';
import { Outcome } from '../change/outcome.ts';
import { CustodyRow } from '../youth/custody.ts';
import { ConsentRow } from './consent.ts';
import { SignatureRow, SignerCapacity, SigningMethod } from './signature.ts';
import { WaiverRow } from './waiver.ts';

@InputType({ description: 'A signature under a version of a consent.' })
class SignConsentInput extends RevisedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The version (UUID).' })
  consentId!: string;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'The random id of the guardian. Leave it out if the youth signs.' })
  guardianId!: string | null;

  @Field(() => SignerCapacity, { description: 'The capacity in which the person signs.' })
  capacity!: SignerCapacity;

  @Field(() => DateTime, { description: 'When it was signed, not in the future.' })
  toldAt!: Date;

  @Field(() => SigningMethod, { description: 'The way of signing.' })
  method!: SigningMethod;

  @IsOptional()
  @IsHexadecimal()
  @Length(64, 64)
  @Field(() => String, {
    nullable: true,
    description:
      'The SHA-256 of the evidence, in hex: the scanned form or the electronic receipt. Required for ELECTRONIC. Leave it out for paper that is kept in a binder.',
  })
  evidenceHash!: string | null;
}

@InputType({ description: 'A guardian who is excused from signing a version of a consent.' })
class WaiveSignatureInput extends RevisedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The version (UUID).' })
  consentId!: string;

  @IsUUID()
  @Field(() => ID, { description: 'The random id of the guardian.' })
  guardianId!: string;

  @WithoutIdentityNumber()
  @MinLength(10)
  @MaxLength(2000)
  @Field(() => String, { description: 'The ground, 10 to 2,000 characters.' })
  ground!: string;
}

const COORDINATES = `SELECT ${STANDING_COLUMNS}
  FROM registry.consent c JOIN registry.coordinated_by(:caller, :roles, :agency) s ON s.group_id = c.group_id
  WHERE c.id = :thing`;
const COMPLETES = { revises: 'consent', endsOnlyPermissions: true, standing: COORDINATES } as const;
const SIGN: Demand = { mutation: 'signConsent', ...COMPLETES };
const WAIVE: Demand = { mutation: 'waiveSignature', ...COMPLETES };

/** The mutations that record signatures and waivers. Either may complete a version, which then supersedes another (C7). */
@Resolver()
export class SignResolver {
  @Directive('@restricted(roles: [COORDINATOR])')
  @Directive('@fenced')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Registrerar en underskrift på ett samtycke.',
      'Records a signature under a version of a consent. The last required signature makes the version fully signed, and ends the version that it renews. For the group’s coordinator; everyone else gets FORBIDDEN. CONFLICT if the version has ended: propose a new one first.',
    ),
  })
  async signConsent(
    @Arg('input', () => SignConsentInput) input: SignConsentInput,
    @Ctx() context: HubContext,
  ): Promise<Receipt> {
    const guardian = input.guardianId ?? null;
    return change(SIGN, input.consentId, input, context, async (em, standing) => {
      if ((guardian === null) !== (input.capacity === SignerCapacity.YOUTH)) {
        throw new HubError(
          'BAD_USER_INPUT',
          'capacity must be YOUTH without a guardianId, and another one with it. Correct one of the two.',
          {
            field: 'input.capacity',
          },
        );
      }
      const consent = await openVersion(em, input.consentId);
      await demandCustody(em, standing.youth, guardian);
      const { capacity, toldAt, method, evidenceHash = null } = input;
      if (method === SigningMethod.ELECTRONIC && evidenceHash === null) {
        throw new HubError(
          'BAD_USER_INPUT',
          'evidenceHash is needed for an electronic signature. Send the SHA-256 of the electronic receipt, in hex.',
          { field: 'input.evidenceHash' },
        );
      }
      const given = { consent: consent.id, guardian, capacity, toldAt, method, evidenceHash };
      const told = { consent: consent.id, consentVersion: consent.version };
      const known = await em.findOne(SignatureRow, given);
      if (known !== null)
        return {
          receipt: { id: known.id, outcome: Outcome.UNCHANGED, consentId: consent.id },
          told: { ...told, thing: known.id },
        };
      const author = { recordedBy: authorOf(context), recordedFor: personBehind(context) };
      const signature = em.create(SignatureRow, { ...given, ...author });
      await em.persist(signature).flush();
      return {
        receipt: { id: signature.id, outcome: Outcome.CREATED, consentId: consent.id },
        told: { ...told, thing: signature.id },
      };
    });
  }

  @Directive('@restricted(roles: [COORDINATOR])')
  @Directive('@fenced')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Undantar en vårdnadshavare från kravet att underteckna ett samtycke.',
      'Excuses a guardian from signing a version of a consent. At most one guardian can be excused, and never the only one. For the group’s coordinator; everyone else gets FORBIDDEN. CONFLICT if the version has ended: propose a new one first.',
    ),
  })
  async waiveSignature(
    @Arg('input', () => WaiveSignatureInput) input: WaiveSignatureInput,
    @Ctx() context: HubContext,
  ): Promise<Receipt> {
    return change(WAIVE, input.consentId, input, context, async (em, standing) => {
      const consent = await openVersion(em, input.consentId);
      await demandCustody(em, standing.youth, input.guardianId);
      const given = { consent: consent.id, guardian: input.guardianId };
      const told = { consent: consent.id, consentVersion: consent.version };
      const known = await em.findOne(WaiverRow, given);
      if (known !== null)
        return {
          receipt: { id: known.id, outcome: Outcome.UNCHANGED, consentId: consent.id },
          told: { ...told, thing: known.id },
        };
      const waiver = em.create(WaiverRow, { ...given, ground: input.ground, recordedBy: authorOf(context) });
      await em.persist(waiver).flush();
      return {
        receipt: { id: waiver.id, outcome: Outcome.CREATED, consentId: consent.id },
        told: { ...told, thing: waiver.id },
      };
    });
  }
}

async function openVersion(em: EntityManager, id: string): Promise<ConsentRow> {
  const consent = await em.findOneOrFail(ConsentRow, { id });
  const [standing] = await em.execute<{ final: boolean }[]>(
    'SELECT final FROM registry.consent_standing WHERE consent = ?',
    [id],
  );
  if (standing?.final === false) return consent;
  throw new HubError('CONFLICT', 'This version of the consent has ended. Propose a new one.');
}

async function demandCustody(em: EntityManager, youth: string | null, guardian: string | null): Promise<void> {
  if (guardian === null) return;
  if ((await em.count(CustodyRow, { youth, guardian })) > 0) return;
  throw new HubError(
    'BAD_USER_INPUT',
    'guardianId must be a guardian whose custody of the youth is recorded. Record the custody first.',
    {
      field: 'input.guardianId',
    },
  );
}
