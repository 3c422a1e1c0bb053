import type { EntityManager } from '@mikro-orm/postgresql';
import { IsOptional, IsUUID, MaxLength, MinLength } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { HubError } from '../../schema/errors.ts';
import { authorOf } from '../change/change.ts';
import { KeyedInput } from '../change/keyed-change.ts';
import { changeOwn } from '../change/own-change.ts';
import { WriteOutcome, type WriteReceipt } from '../change/receipt.ts';
import type { HubContext } from '../decide/context.ts';
import { personnummerOf } from '../input/identity-number.ts';
import { WithoutIdentityNumber } from '../input/plain-text.ts';
import { mutationText } from '../mutation-text.ts';
import { type ClassReference, capitalised } from '../names.ts';
import { isSamePerson, Link, type LinkedPerson, liveLink } from './links.ts';

const LINKERS = '@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER])';

/** The mutations that link and unlink a youth. Only the holder of an informed seat may link, as the registry decides. */
export function linkResolver(prefix: string, receipt: new () => WriteReceipt): ClassReference {
  const [link, unlink] = [`${prefix}LinkYouth`, `${prefix}UnlinkYouth`];

  @InputType(`${capitalised(prefix)}LinkYouthInput`, {
    description: 'The youth, and the person in your agency’s own data.',
  })
  class LinkInput extends KeyedInput {
    @IsUUID()
    @Field(() => ID, { description: 'The youth (UUID).' })
    youthId!: string;

    @Field(() => String, {
      nullable: true,
      description:
        'The personal identity number or coordination number (personnummer, samordningsnummer) from the signed paper form, 10 or 12 digits. Leave it out only for a person who has none. Only your agency’s database stores it.',
    })
    identityNumber!: string | null;

    @IsOptional()
    @WithoutIdentityNumber()
    @MinLength(1)
    @MaxLength(200)
    @Field(() => String, {
      nullable: true,
      description:
        'The key by which your agency’s own systems know the person, 1 to 200 characters, without a personal identity number. A person without a number, as a pupil with a TF number (tillfälligt personnummer), is linked by the key alone. Only your agency’s database stores it, and only your agency’s system reads it.',
    })
    personKey!: string | null;
  }

  @InputType(`${capitalised(prefix)}UnlinkYouthInput`, { description: 'The youth to unlink.' })
  class UnlinkInput extends KeyedInput {
    @IsUUID()
    @Field(() => ID, { description: 'The youth (UUID).' })
    youthId!: string;
  }

  @Resolver()
  class Links {
    @Directive(LINKERS)
    @Directive('@unfenced(reason: "It ends no permission.")')
    @Mutation(() => receipt, {
      name: link,
      nullable: true,
      description: mutationText(
        'Kopplar en ungdom till en person i er myndighets egna uppgifter.',
        'Links a youth to a person in your agency’s own data. Records can be written after that. For holders of an informed seat in an open group of the youth; everyone else gets FORBIDDEN. It needs the personal identity number from the signed paper form, or your agency’s own key of a person who has no number. Give both to add the one that was missing. CONFLICT if your agency has linked the youth to another person, or the person to another youth.',
      ),
    })
    async [link](@Arg('input', () => LinkInput) input: LinkInput, @Ctx() context: HubContext): Promise<WriteReceipt> {
      const youthId = input.youthId.toLowerCase();
      const person = personIn(input);
      const asked = { action: 'LINK', mutation: link, input: { ...input, ...person } } as const;
      return changeOwn(
        asked,
        () => ({ youthId, category: '' }),
        context,
        async (em) => ({
          receipt: await linkYouth(em, youthId, person, context),
        }),
      );
    }

    @Directive('@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER, MANAGER])')
    @Directive('@fenced')
    @Mutation(() => receipt, {
      name: unlink,
      nullable: true,
      description: mutationText(
        'Tar bort kopplingen mellan en ungdom och en person i er myndighets uppgifter.',
        'Ends your agency’s link to the youth. Nobody reads the records that hang on the link any more. For holders of an informed seat in an open group of the youth. For the agency’s managers, even after the group has ended. Everyone else gets FORBIDDEN. It answers once nothing read through the link can still be on its way.',
      ),
    })
    async [unlink](
      @Arg('input', () => UnlinkInput) input: UnlinkInput,
      @Ctx() context: HubContext,
    ): Promise<WriteReceipt> {
      const youthId = input.youthId.toLowerCase();
      const asked = { action: context.hasRole(['MANAGER']) ? 'MANAGE' : 'LINK', mutation: unlink, input } as const;
      return changeOwn(
        asked,
        () => ({ youthId, category: '' }),
        context,
        async (em) => ({
          receipt: await unlinkYouth(em, youthId, context),
        }),
      );
    }
  }
  return Links;
}

/** The person whom an input names. BAD_USER_INPUT if it names nobody. */
function personIn(input: Partial<LinkedPerson>): LinkedPerson {
  const { identityNumber = null, personKey = null } = input;
  if (identityNumber !== null)
    return { identityNumber: personnummerOf(identityNumber, 'input.identityNumber'), personKey };
  if (personKey !== null) return { identityNumber, personKey };
  throw new HubError(
    'BAD_USER_INPUT',
    'A link needs identityNumber or personKey. Give the number on the paper form, or your own key of a person without a number.',
    { field: 'input.identityNumber' },
  );
}

async function linkYouth(
  em: EntityManager,
  youthId: string,
  person: LinkedPerson,
  context: HubContext,
): Promise<WriteReceipt> {
  const live = await liveLink(em, context, youthId);
  if (live !== null && !isSamePerson(live, person)) {
    throw new HubError('CONFLICT', 'Your agency has linked this youth to another person. Unlink the youth first.');
  }
  const identityNumber = person.identityNumber ?? live?.identityNumber ?? null;
  const personKey = person.personKey ?? live?.personKey ?? null;
  if (live !== null && live.identityNumber === identityNumber && live.personKey === personKey) {
    return { id: live.id, version: 1, outcome: WriteOutcome.UNCHANGED };
  }
  const { agency } = context.caller;
  const others = { agency, endedAt: null, youthId: { $ne: youthId } };
  if (identityNumber !== null && (await em.count(Link, { ...others, identityNumber })) > 0) {
    throw new HubError(
      'CONFLICT',
      'Your agency has linked this person to another youth. Have your manager unlink that youth first.',
    );
  }
  if (personKey !== null && (await em.count(Link, { ...others, personKey })) > 0) {
    throw new HubError(
      'CONFLICT',
      'Your agency has given this personKey with the link of another youth. Compare the key with your own system.',
    );
  }
  if (live !== null) {
    em.assign(live, { identityNumber, personKey });
    await em.flush();
    return { id: live.id, version: 1, outcome: WriteOutcome.CHANGED };
  }
  const made = em.create(Link, { youthId, agency, identityNumber, personKey, linkedBy: authorOf(context) });
  await em.persist(made).flush();
  return { id: made.id, version: 1, outcome: WriteOutcome.CREATED };
}

async function unlinkYouth(em: EntityManager, youthId: string, context: HubContext): Promise<WriteReceipt> {
  const where = { youthId, agency: context.caller.agency };
  const latest = await em.findOne(Link, where, { orderBy: { linkedAt: 'desc' } });
  if (latest === null) {
    throw new HubError('BAD_USER_INPUT', 'Your agency has no link to this youth. There is nothing to unlink.', {
      field: 'input.youthId',
    });
  }
  if (latest.endedAt !== null) return { id: latest.id, version: 1, outcome: WriteOutcome.UNCHANGED };
  em.assign(latest, { endedAt: new Date(), endedBy: authorOf(context) });
  await em.flush();
  return { id: latest.id, version: 1, outcome: WriteOutcome.WITHDRAWN };
}
