import { Arg, Ctx, Directive, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../decide/context.ts';
import { authorize, undecided } from '../decide/decide.ts';
import { DateTime } from '../input/scalars.ts';
import { type ClassReference, capitalised } from '../names.ts';
import { type Connection, idAfter, type PagePosition, pageOf, rowsFor } from '../page.ts';
import { statement } from '../statement.ts';

const SYSTEMS = '@restricted(roles: [SYSTEM])';
const MANAGERS = '@restricted(roles: [MANAGER])';

/** A live link of the caller's agency, as its system reads it. */
interface OwnLink {
  readonly id: string;
  readonly youthId: string;
  readonly personKey: string | null;
  readonly linkedAt: Date;
}

interface OfAgency {
  readonly agency: string;
}

// In the order of the links' ids: a cursor by the youth's would name one from whom the system is barred (C18).
const PAGE = statement<OfAgency & { readonly after: string | null; readonly rows: number }>(
  'page of links',
  `SELECT id, youth_id AS "youthId" FROM agency.link
    WHERE agency = :agency AND ended_at IS NULL AND (:after::uuid IS NULL OR id > :after)
    ORDER BY id LIMIT :rows::int`,
);

const LINKS = statement<OfAgency & { readonly youths: readonly string[] }>(
  'links of youths',
  `SELECT id, youth_id AS "youthId", person_key AS "personKey", linked_at AS "linkedAt" FROM agency.link
    WHERE agency = :agency AND ended_at IS NULL AND youth_id = ANY (:youths::uuid[])`,
);

const COUNT = statement<OfAgency>(
  'number of links',
  'SELECT count(*)::int AS count FROM agency.link WHERE agency = :agency AND ended_at IS NULL',
);

/** The list of an agency's own links for its system, and their number for its managers. */
export function ownLinksResolver(prefix: string): ClassReference {
  const [list, count] = [`${prefix}Links`, `${prefix}LinkCount`];
  const name = capitalised(prefix);

  @Directive(SYSTEMS)
  @ObjectType(`${name}Link`, {
    description: 'A link (koppling) of your agency between a youth and a person in its own data.',
  })
  class SectorLink {
    @Field(() => ID, { nullable: true, description: 'The id of the link (UUID).' })
    id!: string;

    @Field(() => ID, { nullable: true, description: 'The youth (UUID).' })
    youthId!: string;

    @Field(() => String, {
      nullable: true,
      description:
        'The key by which your agency’s own systems know the person, as it was given with the link. Null if none was given.',
    })
    personKey!: string | null;

    @Field(() => DateTime, { nullable: true, description: 'When the link was made.' })
    linkedAt!: Date;
  }

  @Directive(SYSTEMS)
  @ObjectType(`${name}LinkEdge`, { description: 'An entry of the list, with its position.' })
  class SectorLinkEdge {
    @Field(() => String, { nullable: true, description: 'The position of the entry in the list.' })
    cursor!: string;

    @Field(() => SectorLink, { nullable: true, description: 'The entry.' })
    node!: SectorLink | null;
  }

  @Directive(SYSTEMS)
  @ObjectType(`${name}LinkPage`, { description: 'The position of a page in the list (Relay).' })
  class SectorLinkPage implements PagePosition {
    @Field(() => Boolean, { nullable: true, description: 'True if there are more entries after this page.' })
    hasNextPage!: boolean;

    @Field(() => Boolean, { nullable: true, description: 'Always false: lists are read forwards only.' })
    hasPreviousPage!: boolean;

    @Field(() => String, { nullable: true, description: 'The cursor of the first entry of the page.' })
    startCursor!: string | null;

    @Field(() => String, {
      nullable: true,
      description: 'The cursor of the last entry of the page. Send it as `after` to read on.',
    })
    endCursor!: string | null;
  }

  @Directive(SYSTEMS)
  @ObjectType(`${name}LinkConnection`, { description: 'A page of links (Relay).' })
  class SectorLinkConnection {
    @Field(() => [SectorLinkEdge], { nullable: true, description: 'The entries of the page.' })
    edges!: SectorLinkEdge[];

    @Field(() => SectorLinkPage, { nullable: true, description: 'The position of the page in the list.' })
    pageInfo!: SectorLinkPage;
  }

  @Resolver()
  class OwnLinks {
    @Directive(SYSTEMS)
    @Query(() => SectorLinkConnection, {
      name: list,
      nullable: true,
      description:
        'The youths whom your agency has linked (kopplade ungdomar), in an order of their own, each with your agency’s own key of the person. For a system of the agency in its own name. The entry of a youth from whose records the system is barred is null.',
    })
    [list](
      @Arg('first', () => Int, { defaultValue: 20, description: 'The largest number to return, from 1 to 200.' })
      first: number,
      @Arg('after', () => String, { nullable: true, description: 'The endCursor of the previous page.' })
      after: string | null,
      @Ctx() context: HubContext,
    ) {
      return linksOf(list, { after: idAfter(after ?? null), rows: rowsFor(first) }, first, context);
    }

    @Directive(MANAGERS)
    @Query(() => Int, {
      name: count,
      nullable: true,
      description: 'The number of youths whom your agency has linked (kopplade ungdomar). For managers.',
    })
    async [count](@Ctx() { caller, sector }: HubContext): Promise<number> {
      const { rows } = await sector.pool.query<{ count: number }>(COUNT({ agency: caller.agency }));
      return rows[0]?.count ?? 0;
    }
  }
  return OwnLinks;
}

/**
 * A page of the own agency's links. `authorize` decides and logs each youth of the page before the link is read (C3, C13);
 * LOG_UNAVAILABLE if it cannot, RATE_LIMITED if the caller's budget is spent. The node of a youth that is denied is null.
 */
async function linksOf(
  field: string,
  page: { readonly after: string | null; readonly rows: number },
  first: number,
  context: HubContext,
): Promise<Omit<Connection<OwnLink>, 'edges'> & { edges: { cursor: string; node: OwnLink | null }[] }> {
  const { pool } = context.sector;
  const { agency } = context.caller;
  const found = await pool.query<{ id: string; youthId: string }>(PAGE({ agency, ...page }));
  const { edges, pageInfo } = pageOf(found.rows, first);
  const asked = edges.map(({ node }) => ({ id: node.youthId, kinds: 1n }));
  const kinds = [{ category: '', whereabouts: false, fields: [field] }];
  const permits = await authorize(context, 'READ', { kinds, youths: asked }).catch((cause: unknown) => {
    throw undecided(cause);
  });
  const youths = permits.map(({ youth }) => youth);
  const { rows } = await pool.query<OwnLink>(LINKS({ agency, youths }));
  const byYouth = new Map(rows.map((link) => [link.youthId, link]));
  return { edges: edges.map(({ cursor, node }) => ({ cursor, node: byYouth.get(node.youthId) ?? null })), pageInfo };
}
