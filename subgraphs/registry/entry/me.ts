import { Ctx, Directive, Field, ID, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { ROLES, type Role } from '../../../schema/caller.ts';

/** The roles as a GraphQL enum, which the chassis describes. */
export const RoleName = Object.fromEntries(ROLES.map((role) => [role, role])) as { readonly [Name in Role]: Name };
registerEnumType(RoleName, { name: 'Role' });

/** The caller, as the hub understood the token (C1). */
@Directive('@open(reason: "The content of the caller’s own token.")')
@ObjectType('Caller', { description: 'The caller, as the hub understood the token.' })
export class CallerView {
  @Field(() => String, { description: 'The subject of the token. It is never a personal identity number.' })
  subject!: string;

  @Field(() => String, { nullable: true, description: 'The system that acts on the subject’s behalf, if any.' })
  actor!: string | null;

  @Field(() => ID, { description: 'The code of the one agency for which the caller acts.' })
  agency!: string;

  @Field(() => [RoleName], { description: 'The known roles of the token.' })
  roles!: readonly Role[];
}

/** The query `me`: the caller's own token, as the hub understood it. */
@Resolver()
export class MeResolver {
  @Directive('@open(reason: "The content of the caller’s own token.")')
  @Query(() => CallerView, { description: 'Yourself, as the hub understood your token: subject, agency and roles.' })
  me(@Ctx() { caller }: HubContext): CallerView {
    return { ...caller };
  }
}
