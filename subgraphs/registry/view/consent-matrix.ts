import type { GraphQLResolveInfo } from 'graphql';
import {
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  Info,
  Int,
  ObjectType,
  Resolver,
  Root,
  registerEnumType,
} from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { DateOnly, DateTime } from '../../../chassis/input/scalars.ts';
import { statement } from '../../../chassis/statement.ts';
import { Youth } from '../../../chassis/youth/youth.ts';
import { Agency, agencySql } from '../catalogue/agency.ts';
import { categorySql, InformationCategory } from '../catalogue/category.ts';
import { Reason } from '../entry/entry.ts';
import { membershipsOf } from '../entry/membership.ts';
import { SINCE_SHOWN_AS_ENDING } from '../sql/ending.ts';
import { memberGroupIds } from './group-resolvers.ts';

/** The decision that would be taken now. */
export enum MatrixDecision {
  PERMIT = 'PERMIT',
  ENDING = 'ENDING',
  DENY = 'DENY',
}

registerEnumType(MatrixDecision, {
  name: 'MatrixDecision',
  description: 'The decision that the holder of the recipient’s seat would get now.',
  valuesConfig: {
    PERMIT: { description: 'The information may be read.' },
    ENDING: {
      description:
        'The information could be read until a moment ago. A change is recorded, and earlier answers may still be on their way for some seconds.',
    },
    DENY: { description: 'The information may not be read.' },
  },
});

/** One row of the consent matrix: whether the recipient may read this kind of the source's information now. */
@Directive('@restricted(relation: MEMBER)')
@ObjectType('ConsentMatrixRow', {
  description:
    'A row of the consent matrix (samtyckesmatris): whether an agency may now read a kind of another agency’s information under the consent of one group. It reflects consent, seats and bars, not whether records exist.',
})
export class ConsentMatrixRow {
  @Field(() => ID, { nullable: true, description: 'The group whose consent the row is about (UUID).' })
  groupId!: string;

  @Field(() => Agency, { nullable: true, description: 'The agency that owns the information.' })
  source!: Agency;

  @Field(() => Agency, { nullable: true, description: 'The agency that would read the information.' })
  recipient!: Agency;

  @Field(() => InformationCategory, { nullable: true, description: 'The kind of information.' })
  category!: InformationCategory;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'True if the row is about the fields that show where the youth is (address, place, school unit). They are decided separately: other agencies cannot read them while the youth has protected identity.',
  })
  whereabouts!: boolean;

  @Field(() => MatrixDecision, { nullable: true, description: 'The decision that would be made now.' })
  decision!: MatrixDecision;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'If permitted, the time at which the decision may change. The group’s coordinator sees the next known time: an end date, a birthday or a change of custody. Other members see the end of the consent.',
  })
  until!: Date | null;

  @Directive('@restricted(roles: [COORDINATOR])')
  @Field(() => Reason, {
    nullable: true,
    description:
      'The reason, as the access log records it. Null while the permission is ending. For the group’s coordinator; everyone else gets FORBIDDEN.',
  })
  reason!: Reason | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The version of the consent that decides (UUID). If not permitted, only the coordinator sees it.',
  })
  consentId!: string | null;

  @Field(() => Int, { nullable: true, description: 'The number of the version.' })
  consentVersion!: number | null;

  @Field(() => DateOnly, { nullable: true, description: 'If permitted, records from this day on. Null: however old.' })
  dataFrom!: string | null;

  @Field(() => DateOnly, { nullable: true, description: 'If permitted, records before this day. Null: however new.' })
  dataTo!: string | null;
}

/** A row from the database. `until` is for the coordinator, `consentUntil` for other members. */
type FoundRow = ConsentMatrixRow & { readonly ending: boolean; readonly consentUntil: Date | null };

const MATRIX = statement<{ readonly groups: readonly string[] }>(
  'consent matrix',
  `
  SELECT m.group_id AS "groupId", ${agencySql('s')} AS source, ${agencySql('r')} AS recipient, ${categorySql('k')} AS category,
    m.whereabouts, CASE WHEN m.ending THEN 'ENDING' WHEN m.reason >= 'CONSENT' THEN 'PERMIT' ELSE 'DENY' END AS decision,
    m.until, m.consent_until AS "consentUntil", m.reason, m.consent AS "consentId", m.version AS "consentVersion",
    m.data_from AS "dataFrom", m.data_to AS "dataTo"
  FROM registry.consent_matrix(:groups::uuid[], ${SINCE_SHOWN_AS_ENDING}) m
  JOIN registry.agency s ON s.id = m.source
  JOIN registry.agency r ON r.id = m.recipient
  JOIN registry.category k ON k.id = m.category
  ORDER BY s.code, r.code, k.code, m.whereabouts`,
);

/** The rows of a group that the caller may see, by source, recipient and category, by one statement for a request's groups. */
async function matrixOf(groupId: string, context: HubContext): Promise<ConsentMatrixRow[]> {
  const loader = context.loader('consent matrix', async (groups) => {
    const { rows } = await context.sector.pool.query<FoundRow>(MATRIX({ groups }));
    return groups.map((group) => rows.filter((row) => row.groupId === group));
  });
  const rows = await loader.load(groupId);
  if (membershipsOf(context).coordinates(groupId)) return rows.map(toldToCoordinator);
  const { agency } = context.caller;
  return rows.filter(({ source, recipient }) => source.code === agency || recipient.code === agency).map(toldToMember);
}

function toldToCoordinator(row: FoundRow): ConsentMatrixRow {
  switch (row.decision) {
    case MatrixDecision.PERMIT:
      return row;
    case MatrixDecision.ENDING:
      return { ...row, reason: null, until: null, dataFrom: null, dataTo: null };
    case MatrixDecision.DENY:
      return { ...row, until: null, dataFrom: null, dataTo: null };
  }
}

/** The row for another member: only what an attempt to read would show, without hints at the reason such as a birthday or custody. */
function toldToMember(row: FoundRow): ConsentMatrixRow {
  if (row.decision === MatrixDecision.PERMIT) return { ...row, reason: null, until: row.consentUntil };
  const { groupId, source, recipient, category, whereabouts, decision } = row;
  const untold = { until: null, reason: null, consentId: null, consentVersion: null, dataFrom: null, dataTo: null };
  return { groupId, source, recipient, category, whereabouts, decision, ...untold };
}

/** The overview that the registry adds to Youth. */
@Resolver(() => Youth)
export class YouthMatrixResolver {
  @Directive('@restricted(relation: MEMBER)')
  @FieldResolver(() => [ConsentMatrixRow], {
    nullable: true,
    description:
      'The consent matrix of each group that you are a member of: who may read which kind of information from whom now, until when, and why not. It has one row for each kind of information that one agency of the group could share with another, granted or not. The group’s coordinator sees all of it. Other members see the rows in which their own agency is source or recipient, without reasons. For those, a denied row shows only that it is denied, as an attempt to read would. FORBIDDEN if you are a member of no group, whether or not the youth exists.',
  })
  async consentMatrix(@Root() youth: Youth, @Ctx() context: HubContext): Promise<ConsentMatrixRow[]> {
    const groups = await memberGroupIds(youth, context);
    return (await Promise.all(groups.map((group) => matrixOf(group, context)))).flat();
  }
}

/** The fields of a row that not every member may read. */
@Resolver(() => ConsentMatrixRow)
export class ConsentMatrixRowResolver {
  @FieldResolver(() => Reason, { nullable: true })
  reason(
    @Root() { groupId, reason }: ConsentMatrixRow,
    @Ctx() context: HubContext,
    @Info() { path }: GraphQLResolveInfo,
  ): Reason | null {
    return membershipsOf(context).coordinates(groupId) ? reason : context.deny('FORBIDDEN', path);
  }
}
