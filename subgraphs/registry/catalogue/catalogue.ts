import { Arg, Ctx, Directive, ID, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { HubError } from '../../../schema/errors.ts';
import { Agency, agencySql } from './agency.ts';
import { categorySql, InformationCategory } from './category.ts';
import { PROGRAMME_SQL, Programme } from './programme.ts';
import { Sector } from './sector.ts';

/** The lists that everyone may read: sectors, agencies, programmes and kinds of information. */
@Resolver()
export class CatalogueResolver {
  @Directive('@open(reason: "Which kinds of authority take part is public knowledge.")')
  @Query(() => [Sector], { description: 'The sectors, ordered by code.' })
  sectors(@Ctx() context: HubContext): Promise<Sector[]> {
    return list(
      context,
      'sectors',
      `SELECT jsonb_build_object('code', s.code) AS it FROM registry.sector s ORDER BY s.code`,
    );
  }

  @Directive('@open(reason: "Which authorities take part is public knowledge.")')
  @Query(() => [Agency], { description: 'The agencies, ordered by code.' })
  agencies(@Ctx() context: HubContext): Promise<Agency[]> {
    return list(context, 'agencies', `SELECT ${agencySql('a')} AS it FROM registry.agency a ORDER BY a.code`);
  }

  @Directive('@open(reason: "The rules of a programme are public.")')
  @Query(() => [Programme], { description: 'The programmes in all versions, ordered by name.' })
  programmes(@Ctx() context: HubContext): Promise<Programme[]> {
    return list(
      context,
      'programmes',
      `SELECT ${PROGRAMME_SQL} AS it FROM registry.programme p ORDER BY p.name, p.version`,
    );
  }

  @Directive('@open(reason: "The kinds of information are public.")')
  @Query(() => [InformationCategory], {
    description: 'The kinds of information, ordered by code. BAD_USER_INPUT if there is no such sector.',
  })
  async informationCategories(
    @Arg('sector', () => ID, { nullable: true, description: 'Only the kinds of this sector, by its code.' }) sector:
      | string
      | null,
    @Ctx() context: HubContext,
  ): Promise<InformationCategory[]> {
    const all = await list<InformationCategory>(
      context,
      'categories',
      `SELECT ${categorySql('c')} AS it FROM registry.category c ORDER BY c.code`,
    );
    if (sector == null) return all;
    const found = all.filter((category) => category.sector === sector);
    if (found.length > 0) return found;
    throw new HubError(
      'BAD_USER_INPUT',
      'sector must be the code of a sector. Send one that the query sectors lists.',
      {
        field: 'sector',
      },
    );
  }
}

async function list<Item>(context: HubContext, name: string, text: string): Promise<Item[]> {
  const { rows } = await context.sector.pool.query<{ it: Item }>({ name, text });
  return rows.map(({ it }) => it);
}
