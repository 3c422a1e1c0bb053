import { Arg, Ctx, Directive, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { DateTime } from '../../../chassis/input/scalars.ts';
import { type Connection, idAfter, pageOf, rowsFor } from '../../../chassis/page.ts';
import { statement } from '../../../chassis/statement.ts';
import { HubError } from '../../../schema/errors.ts';
import { isYouthId } from '../../../schema/youth-id.ts';
import { Agency, agencySql } from '../catalogue/agency.ts';
import { Reason } from '../entry/entry.ts';
import { type Asker, appendSql, asker, logged } from '../entry/log.ts';
import { connectionType } from '../sql/page.ts';
import { youthDemand } from './youth-demand.ts';

const COORDINATORS = '@restricted(roles: [COORDINATOR])';

/** A release that the facts, as now known, would have denied. */
@Directive(COORDINATORS)
@ObjectType('ReleaseToReview', {
  description:
    'An entry of the access log about a release under a consent. The release would have been denied if custody and date of birth had been recorded then as they are now. It holds no content.',
})
export class ReleaseToReview {
  @Field(() => ID, { nullable: true, description: 'The id of the entry (UUID).' })
  id!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was released.' })
  at!: Date;

  @Field(() => Agency, { nullable: true, description: 'The agency that owns the information.' })
  source!: Agency;

  @Field(() => Agency, { nullable: true, description: 'The agency to which it was released.' })
  recipient!: Agency;

  @Field(() => String, { nullable: true, description: 'The code of the kind of information.' })
  category!: string;

  @Field(() => ID, { nullable: true, description: 'The version of the consent that permitted it.' })
  consentId!: string;

  @Field(() => Int, { nullable: true, description: 'The number of the version.' })
  consentVersion!: number;

  @Field(() => Reason, { nullable: true, description: 'The reason why it would have been denied.' })
  reason!: Reason;
}

const ReleaseConnection = connectionType<ReleaseToReview>('ReleaseToReview', () => ReleaseToReview, COORDINATORS);

const RELEASES = statement<Asker & { readonly thing: string; readonly after: string | null; readonly rows: number }>(
  'releases to review',
  `
  WITH found AS MATERIALIZED (${youthDemand('releasesToReview').standing}), written AS (
    ${appendSql(
      'READ',
      'found.youth IS NOT NULL',
      { name: "'releasesToReview'", thing: ':thing::uuid', youth: 'found.youth' },
      'FROM (VALUES (true)) AS asked LEFT JOIN found ON true',
    )}
  )
  SELECT r.id, r.at, ${agencySql('s')} AS source, ${agencySql('a')} AS recipient, k.code AS category,
    r.consent AS "consentId", r.consent_version AS "consentVersion", r.reason, r.id IS NOT NULL AS "isRelease"
  FROM found
  LEFT JOIN LATERAL (
    SELECT * FROM registry.release_in_question q
    WHERE q.youth = found.youth AND (:after::uuid IS NULL OR q.id > :after) ORDER BY q.id LIMIT :rows::int
  ) r ON true
  LEFT JOIN registry.agency s ON s.id = r.source
  LEFT JOIN registry.agency a ON a.id = r.recipient
  LEFT JOIN registry.category k ON k.id = r.category
  ORDER BY r.id`,
);

/** The releases that the coordinator must review after a correction of facts. */
@Resolver()
export class ReleasesToReviewResolver {
  @Directive(COORDINATORS)
  @Query(() => ReleaseConnection, {
    nullable: true,
    description:
      'Earlier releases about a youth that would have been denied if custody and date of birth had been recorded then as they are now, oldest first. For each one, the hub judges the permitting version again at the instant of the release. Answers of which nothing left are not listed. The list is empty if no correction reaches backwards. For the coordinator of the youth’s group. While there is no group, for any coordinator of the lead agency. Everyone else gets FORBIDDEN, whether or not the youth exists. Reading it adds an entry to the log.',
  })
  async releasesToReview(
    @Arg('youthId', () => ID, { description: 'The youth (UUID).' }) youthId: string,
    @Arg('first', () => Int, { defaultValue: 20, description: 'The largest number to return, from 1 to 200.' })
    first: number,
    @Arg('after', () => String, { nullable: true, description: 'The endCursor of the previous page.' }) after:
      | string
      | null,
    @Ctx() context: HubContext,
  ): Promise<Connection<ReleaseToReview>> {
    if (!isYouthId(youthId)) {
      throw new HubError(
        'BAD_USER_INPUT',
        'youthId must be the id of a youth, a UUID. Send the id that the hub gave.',
        { field: 'youthId' },
      );
    }
    const page = { after: idAfter(after ?? null), rows: rowsFor(first) };
    const rows = await logged<ReleaseToReview & { isRelease: boolean }>(
      RELEASES({ ...asker(context), thing: youthId, ...page }),
      context,
    );
    // A caller who may ask gets at least one row, which may be empty.
    if (rows.length === 0) throw HubError.constant('FORBIDDEN');
    return pageOf(
      rows.filter(({ isRelease }) => isRelease),
      first,
    );
  }
}
