import { Arg, Directive, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { HubError } from '../../schema/errors.ts';
import { isYouthId } from '../../schema/youth-id.ts';

/** The only entity of the hub. Every sector adds its own fields, each guarded by its own label. */
@Directive('@key(fields: "id")')
@ObjectType('Youth', {
  description:
    'A youth (ungdom) in the cooperation. The id is random and belongs to one lead agency. It does not reveal whether the youth exists.',
})
export class Youth {
  @Directive('@open(reason: "A random id that reveals and decides nothing.")')
  @Field(() => ID, { description: 'The random youth id (UUID).' })
  id!: string;
}

/** `youth(id)`: a bare reference for every well-formed id. */
@Resolver(() => Youth)
export class YouthResolver {
  @Directive('@shareable')
  @Directive('@open(reason: "A bare reference for every well-formed id. It reveals and decides nothing.")')
  @Query(() => Youth, {
    nullable: true,
    description:
      'A reference to a youth (ungdom). It answers for every well-formed id (UUID), whether or not the youth exists. Any other id is BAD_USER_INPUT.',
  })
  youth(@Arg('id', () => ID, { description: 'The youth id (UUID).' }) id: string): Youth {
    return bareYouth(id);
  }
}

/** The youth that a representation names. Only its key is used, since forged fields would come back otherwise (C9). */
export function youthOf({ id }: { readonly id?: unknown }): Youth {
  return bareYouth(id);
}

/**
 * A youth with its key alone; other fields of a representation are dropped (C9). BAD_USER_INPUT if the id is not a UUID.
 */
export function bareYouth(id: unknown): Youth {
  if (!isYouthId(id)) {
    throw new HubError(
      'BAD_USER_INPUT',
      'A youth id must be a UUID, 36 characters with hyphens. Send the id that the hub gave.',
      { field: 'id' },
    );
  }
  return Object.assign(new Youth(), { id: id.toLowerCase() });
}
