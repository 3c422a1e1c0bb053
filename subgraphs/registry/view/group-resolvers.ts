import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Directive, FieldResolver, ID, Info, Int, Query, Resolver, Root } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { statement } from '../../../chassis/statement.ts';
import { Youth } from '../../../chassis/youth/youth.ts';
import { Consent, consentsOf } from '../consent/consent.ts';
import { Grant, grantsOf } from '../consent/grant.ts';
import { Signature, signaturesOf } from '../consent/signature.ts';
import { membershipsOf } from '../entry/membership.ts';
import { groupsOf, InterventionGroup } from '../group/group.ts';
import { Seat, seatsOf } from '../group/seat.ts';
import { Custody, custodyOf } from '../youth/custody.ts';

/** The fields that the registry adds to Youth: the groups of which the caller is a member and, through them, the consents. */
@Resolver(() => Youth)
export class YouthGroupsResolver {
  @Directive('@restricted(relation: MEMBER)')
  @FieldResolver(() => [InterventionGroup], {
    nullable: true,
    description: 'The groups around the youth that you are a member of. FORBIDDEN if there is none.',
  })
  async groups(@Root() youth: Youth, @Ctx() context: HubContext): Promise<InterventionGroup[]> {
    return groupsOf(await memberGroupIds(youth, context), context);
  }

  @Directive('@restricted(relation: MEMBER)')
  @FieldResolver(() => [Consent], {
    nullable: true,
    description: 'The consents of those groups, all versions, latest first. FORBIDDEN if you are a member of none.',
  })
  async consents(@Root() youth: Youth, @Ctx() context: HubContext): Promise<Consent[]> {
    const groups = await memberGroupIds(youth, context);
    return (await Promise.all(groups.map((group) => consentsOf(group, context)))).flat();
  }
}

const GROUPS_OF_YOUTHS = statement<{ readonly youths: readonly string[] }>(
  'groups of youths',
  'SELECT id, youth FROM registry.intervention_group WHERE youth = ANY (:youths::uuid[]) ORDER BY proposed_at, id',
);

const GROUP_OF_CONSENT = statement<{ readonly id: string }>(
  'group of consent',
  'SELECT group_id FROM registry.consent WHERE id = :id',
);

/** A youth's groups, by age, among those that the request has found the caller to be a member of. */
export async function memberGroupIds(youth: Youth, context: HubContext): Promise<string[]> {
  const loader = context.loader('groups of youths', async (youths) => {
    const { rows } = await context.sector.pool.query<{ id: string; youth: string }>(GROUPS_OF_YOUTHS({ youths }));
    return youths.map((asked) => rows.filter((row) => row.youth === asked).map(({ id }) => id));
  });
  return (await loader.load(youth.id)).filter((id) => membershipsOf(context).includes(id));
}

/** A value for the group's coordinator alone; FORBIDDEN at its place for others. */
function coordinatorsOwn<T>(
  groupId: string,
  value: T,
  context: HubContext,
  path: GraphQLResolveInfo['path'],
): T | null {
  return membershipsOf(context).coordinates(groupId) ? value : context.deny('FORBIDDEN', path);
}

/** The fields of a group. */
@Resolver(() => InterventionGroup)
export class GroupResolver {
  @Directive('@restricted(relation: MEMBER)')
  @Query(() => InterventionGroup, {
    nullable: true,
    description:
      'A group (insatsgrupp) that you are a member of. FORBIDDEN if you are not, whether or not the group exists.',
  })
  async group(
    @Arg('id', () => ID, { description: 'The group (UUID).' }) id: string,
    @Ctx() context: HubContext,
  ): Promise<InterventionGroup | null> {
    return (await groupsOf([id.toLowerCase()], context))[0] ?? null;
  }

  @FieldResolver(() => Int, { nullable: true })
  youthRevision(
    @Root() { groupId, youthRevision }: InterventionGroup,
    @Ctx() context: HubContext,
    @Info() { path }: GraphQLResolveInfo,
  ): number | null {
    return coordinatorsOwn(groupId, youthRevision, context, path);
  }

  @FieldResolver(() => [Seat], { nullable: true, description: 'The agencies’ seats in the group, ordered by agency.' })
  seats(@Root() { groupId }: InterventionGroup, @Ctx() context: HubContext): Promise<Seat[]> {
    return seatsOf(groupId, context);
  }

  @Directive('@restricted(roles: [COORDINATOR])')
  @FieldResolver(() => [Custody], {
    nullable: true,
    description:
      'The present and earlier custody of the youth, ordered by start. For the group’s coordinator; empty for others.',
  })
  custody(@Root() { groupId }: InterventionGroup, @Ctx() context: HubContext): Promise<Custody[]> {
    return custodyOf(groupId, context);
  }

  @FieldResolver(() => [Consent], { nullable: true, description: 'The versions of the group’s consent, latest first.' })
  consents(@Root() { groupId }: InterventionGroup, @Ctx() context: HubContext): Promise<Consent[]> {
    return consentsOf(groupId, context);
  }
}

/** The fields of a consent. */
@Resolver(() => Consent)
export class ConsentResolver {
  @Directive('@restricted(relation: MEMBER)')
  @Query(() => Consent, {
    nullable: true,
    description:
      'A version of a consent (samtycke) of a group that you are a member of. FORBIDDEN if you are not, whether or not the version exists.',
  })
  async consent(
    @Arg('id', () => ID, { description: 'The consent (UUID).' }) id: string,
    @Ctx() context: HubContext,
  ): Promise<Consent | null> {
    const { rows } = await context.sector.pool.query<{ group_id: string }>(GROUP_OF_CONSENT({ id }));
    const [row] = rows;
    if (row === undefined) return null;
    return (await consentsOf(row.group_id, context)).find((consent) => consent.id === id.toLowerCase()) ?? null;
  }

  @FieldResolver(() => InterventionGroup, { nullable: true, description: 'The group that works under the consent.' })
  async group(@Root() { groupId }: Consent, @Ctx() context: HubContext): Promise<InterventionGroup | null> {
    return (await groupsOf([groupId], context))[0] ?? null;
  }

  @FieldResolver(() => String, { nullable: true })
  childView(
    @Root() { groupId, childView }: Consent,
    @Ctx() context: HubContext,
    @Info() { path }: GraphQLResolveInfo,
  ): string | null {
    return coordinatorsOwn(groupId, childView, context, path);
  }

  @FieldResolver(() => String, { nullable: true })
  maturityReason(
    @Root() { groupId, maturityReason }: Consent,
    @Ctx() context: HubContext,
    @Info() { path }: GraphQLResolveInfo,
  ): string | null {
    return coordinatorsOwn(groupId, maturityReason, context, path);
  }

  @FieldResolver(() => Int, { nullable: true })
  revision(
    @Root() { groupId, revision }: Consent,
    @Ctx() context: HubContext,
    @Info() { path }: GraphQLResolveInfo,
  ): number | null {
    return coordinatorsOwn(groupId, revision, context, path);
  }

  @FieldResolver(() => [Grant], {
    nullable: true,
    description: 'The grants in which your agency is source or recipient. The group’s coordinator sees all of them.',
  })
  grants(@Root() { id }: Consent, @Ctx() context: HubContext): Promise<Grant[]> {
    return grantsOf(id, context);
  }

  @FieldResolver(() => [Signature], {
    nullable: true,
    description: 'The signatures under the version, in the order of recording.',
  })
  signatures(@Root() { id }: Consent, @Ctx() context: HubContext): Promise<Signature[]> {
    return signaturesOf(id, context);
  }
}
