import { Arg, Ctx, Directive, Int, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { statement } from '../../../chassis/statement.ts';
import { HubError } from '../../../schema/errors.ts';
import { Consent, consentsOf } from '../consent/consent.ts';
import { type Asker, appendSql, asker, logged } from '../entry/log.ts';
import { type MemberGroup, membershipsOf, PLACE_COLUMNS, PLACE_GROUP, PLACES } from '../entry/membership.ts';
import { ACKNOWLEDGED } from '../sql/acknowledged.ts';

/** The days that reminders look ahead, at most. */
const MOST_DAYS = 366;

const NEEDING = statement<Asker & { readonly days: number }>(
  'consents needing attention',
  `
  WITH place AS MATERIALIZED (
    SELECT p.group_id AS id, p.youth, p.programme, p.agency, ${PLACE_COLUMNS}
    FROM ${PLACES} GROUP BY ${PLACE_GROUP}, p.agency
  ), found AS MATERIALIZED (
    SELECT place.*, v.consent, v.version, v.ends_at
    FROM place JOIN registry.consent_standing v ON v.group_id = place.id
    JOIN registry.programme p ON p.id = place.programme
    JOIN registry.youth y ON y.id = place.youth
    WHERE NOT v.final AND (
      -- C5: signed, and the source has not acknowledged it yet.
      v.fully_signed_at IS NOT NULL AND EXISTS (
        SELECT FROM registry.consent_grant cg
        WHERE cg.consent = v.consent AND NOT ${ACKNOWLEDGED} AND (place.coordinates OR cg.source = place.agency)
          AND (cg.id = ANY (v.refused_grants || v.withdrawn_grants)) IS NOT TRUE
      )
      OR place.coordinates AND (
        v.fully_signed_at IS NULL OR NOT v.sufficient OR v.ends_at <= registry.clock() + make_interval(days => :days)
        -- Passing the programme's age span is a reminder, not an end.
        OR registry.birthday(y.birth_date, p.age_to + 1) <= registry.clock() + make_interval(days => :days)
      )
    )
  ), written AS (
    ${appendSql(
      'READ',
      'true',
      {
        name: "'consentsNeedingAttention'",
        thing: 'found.consent',
        youth: 'found.youth',
        group_id: 'found.id',
        programme: 'found.programme',
        consent: 'found.consent',
        consent_version: 'found.version',
      },
      'FROM found',
    )}
  )
  SELECT "groupId", coordinates, "timeLeftMs", consent FROM found ORDER BY ends_at, consent`,
);

/** The reminders of a member. */
@Resolver()
export class AttentionResolver {
  @Directive('@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER])')
  @Query(() => [Consent], {
    nullable: true,
    description:
      'The versions of your groups’ consents that need attention, the nearest end first. The group’s coordinator sees the versions that lack signatures or acknowledgements, are suspended, or within the given days end, meet a birthday or pass the programme’s age span. Other members see the versions that their agency has yet to acknowledge.',
  })
  async consentsNeedingAttention(
    @Arg('withinDays', () => Int, { defaultValue: 60, description: 'The number of days to look ahead, from 0 to 366.' })
    withinDays: number,
    @Ctx() context: HubContext,
  ): Promise<Consent[]> {
    if (withinDays < 0 || withinDays > MOST_DAYS) {
      throw new HubError(
        'BAD_USER_INPUT',
        `withinDays must be a whole number from 0 to ${MOST_DAYS}. Send such a number.`,
        {
          field: 'withinDays',
        },
      );
    }
    const rows = await logged<MemberGroup & { consent: string }>(
      NEEDING({ ...asker(context), days: withinDays }),
      context,
      // Nobody is kept from what needs their attention.
      0,
    );
    const memberships = membershipsOf(context);
    for (const place of rows) memberships.enter(place);
    const consents = await Promise.all(rows.map(({ groupId }) => consentsOf(groupId, context)));
    return rows.flatMap(({ consent }, index) => consents[index]?.filter(({ id }) => id === consent) ?? []);
  }
}
