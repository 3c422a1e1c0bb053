import { Arg, Ctx, Directive, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { DateTime } from '../../../chassis/input/scalars.ts';
import { type Connection, idAfter, pageOf, rowsFor } from '../../../chassis/page.ts';
import { statement } from '../../../chassis/statement.ts';
import { bareYouth, Youth } from '../../../chassis/youth/youth.ts';
import { type Asker, appendSql, asker, logged } from '../entry/log.ts';
import { isToldSql } from '../sql/ending.ts';
import { connectionType } from '../sql/page.ts';
import { AFTER, type AskedPage, FIRST, LISTED } from './paging.ts';

const COORDINATORS = '@restricted(roles: [COORDINATOR])';

/** A youth whom the caller registered and for whom no group has opened. */
@Directive(COORDINATORS)
@ObjectType('RegisteredYouth', { description: 'A youth whom you registered (registrerad ungdom).' })
export class RegisteredYouth {
  /** The youth's id, by which the list is ordered. */
  readonly id!: string;

  @Field(() => Youth, { nullable: true, description: 'The youth.' })
  youth!: Youth;

  @Field(() => DateTime, { nullable: true, description: 'When you registered the youth.' })
  registeredAt!: Date;

  @Field(() => Int, {
    nullable: true,
    description:
      'The number of changes recorded about the youth: date of birth, custody, protection. Send it as expectedRevision.',
  })
  revision!: number;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When the last preparation ended without an open group. Null if there has been none, and while one lasts.',
  })
  preparationEndedAt!: Date | null;
}

const RegisteredYouthConnection = connectionType<RegisteredYouth>(
  'RegisteredYouth',
  () => RegisteredYouth,
  COORDINATORS,
);

const REGISTERED = statement<Asker & AskedPage>(
  'registered youths',
  `
  WITH page AS MATERIALIZED (
    SELECT y.id, y.recorded_at AS "registeredAt", y.revision,
      CASE WHEN ${isToldSql('r.preparation_ended_at')} THEN r.preparation_ended_at END AS "preparationEndedAt"
    FROM registry.registered_by(:caller, :roles, :agency) r JOIN registry.youth y ON y.id = r.youth
    WHERE :after::uuid IS NULL OR y.id > :after
    ORDER BY y.id LIMIT :rows::int
  ), written AS (
    ${appendSql('READ', 'true', { name: "'registeredYouths'", youth: 'listed.id' }, LISTED)}
  )
  SELECT * FROM page ORDER BY id`,
);

/** The list of the caller's own registrations, a page at a time. Each listed youth is an entry. */
@Resolver()
export class RegisteredYouthsResolver {
  @Directive(COORDINATORS)
  @Query(() => RegisteredYouthConnection, {
    nullable: true,
    description:
      'The youths (ungdomar) whom you registered and for whom no group has opened yet, by id. A youth whose preparation has ended stays for 30 days. For coordinators.',
  })
  async registeredYouths(
    @Arg('first', () => Int, { defaultValue: 20, description: FIRST }) first: number,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after: string | null,
    @Ctx() context: HubContext,
  ): Promise<Connection<RegisteredYouth>> {
    const page = { after: idAfter(after ?? null), rows: rowsFor(first) };
    const rows = await logged<Omit<RegisteredYouth, 'youth'>>(REGISTERED({ ...asker(context), ...page }), context);
    return pageOf(
      rows.map((row) => ({ ...row, youth: bareYouth(row.id) })),
      first,
    );
  }
}
