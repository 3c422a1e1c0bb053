import type { GraphQLResolveInfo } from 'graphql';
import { Ctx, Directive, Field, FieldResolver, ID, Info, ObjectType, Resolver, Root } from 'type-graphql';
import type { HubContext } from '../decide/context.ts';
import { type ClassReference, capitalised } from '../names.ts';
import { Youth } from './youth.ts';

/** A category that the caller may read about a youth. */
interface ReadableCategory {
  readonly category: string;
  readonly whereabouts: boolean | null;
}

/** The name of a sector's field on Youth that lists what the caller may read. Asking it asks for every kind of the sector. */
export function readableField(prefix: string): string {
  return `${prefix}Readable`;
}

/** `schoolReadable` on Youth: the categories of the sector that the caller may read now. */
export function readableResolver(prefix: string): ClassReference {
  const name = readableField(prefix);

  @Directive('@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER, SYSTEM])')
  @ObjectType(capitalised(name), { description: 'A kind of information about a youth that you may read now.' })
  class Readable implements ReadableCategory {
    @Field(() => ID, {
      nullable: true,
      description: 'The code of the category. `informationCategories` lists its fields.',
    })
    category!: string;

    @Field(() => Boolean, {
      nullable: true,
      description:
        'True if you may also read those of its fields that show where the youth is. Null if it has no such fields.',
    })
    whereabouts!: boolean | null;
  }

  @Resolver(() => Youth)
  class OnYouth {
    @Directive('@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER, SYSTEM])')
    @FieldResolver(() => [Readable], {
      name,
      nullable: true,
      description:
        'The categories of the sector that you may read about the youth now, from at least one agency. All of them are decided and logged as if you asked for their fields; no record is read. Empty for a youth about whom you may read nothing, whether or not the youth exists.',
    })
    [name](
      @Root() { id }: Youth,
      @Ctx() context: HubContext,
      @Info() { path }: GraphQLResolveInfo,
    ): ReadableCategory[] | null {
      const { decisions, sector } = context;
      if (decisions.fault !== null) return context.deny(decisions.fault, path);
      const { kinds } = sector.labels;
      const permits = (category: string, whereabouts: boolean): boolean | null => {
        const kind = kinds.find((each) => each.category === category && each.whereabouts === whereabouts);
        return kind === undefined ? null : decisions.permits(id, sector.labels.bit(kind));
      };
      const categories = [...new Set(kinds.map(({ category }) => category))];
      return categories.flatMap((category) => {
        const whereabouts = permits(category, true);
        return permits(category, false) === true || whereabouts === true ? [{ category, whereabouts }] : [];
      });
    }
  }
  return OnYouth;
}
