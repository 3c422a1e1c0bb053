import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { GraphQLResolveInfo } from 'graphql';
import { Ctx, Directive, Field, FieldResolver, ID, Info, ObjectType, Resolver, Root } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { DateTime } from '../../../chassis/input/scalars.ts';
import { statement } from '../../../chassis/statement.ts';
import { membershipsOf } from '../entry/membership.ts';
import { RecordedAt, References, Text } from '../sql/storage.ts';
import { Consent, ConsentRow } from './consent.ts';

/** A waiver, by which a required guardian is excused from signing (C5). */
@Entity({ tableName: 'waiver' })
@Index({ name: 'waiver_consent', properties: ['consent'] })
export class WaiverRow {
  [OptionalProps]?: 'id' | 'recordedAt';

  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => ConsentRow)
  consent!: string;

  @Property({ type: 'uuid' })
  guardian!: string;

  @Text()
  ground!: string;

  @RecordedAt()
  recordedAt!: Date;

  @Text()
  recordedBy!: string;
}

/** A waiver, as the group's coordinator sees it. */
@Directive('@restricted(relation: MEMBER)')
@ObjectType('Waiver', { description: 'A guardian’s exemption from signing a version of a consent.' })
export class Waiver {
  readonly groupId!: string;

  @Field(() => ID, { nullable: true, description: 'The id (UUID).' })
  id!: string;

  @Field(() => ID, { nullable: true, description: 'The random id of the guardian.' })
  guardianId!: string;

  @Field(() => String, { nullable: true, description: 'The ground.' })
  ground!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was recorded. It counts from then.' })
  recordedAt!: Date;
}

const WAIVERS = statement<{ readonly consents: readonly string[] }>(
  'waivers',
  `
  SELECT w.id, w.consent AS "consentId", c.group_id AS "groupId", w.guardian AS "guardianId", w.ground, w.recorded_at AS "recordedAt"
  FROM registry.waiver w JOIN registry.consent c ON c.id = w.consent
  WHERE w.consent = ANY (:consents::uuid[])
  ORDER BY w.recorded_at, w.id`,
);

/** The waivers of a consent, in the order of recording, by one statement for all consents of a request. */
function waiversOf(consentId: string, context: HubContext): Promise<Waiver[]> {
  const loader = context.loader('waivers', async (consents) => {
    const { rows } = await context.sector.pool.query<Waiver & { consentId: string }>(WAIVERS({ consents }));
    return consents.map((consent) => rows.filter((waiver) => waiver.consentId === consent));
  });
  return loader.load(consentId);
}

/** The waivers of a consent. */
@Resolver(() => Consent)
export class ConsentWaiversResolver {
  @Directive('@restricted(roles: [COORDINATOR])')
  @FieldResolver(() => [Waiver], {
    nullable: true,
    description:
      'The guardians who are excused from signing the version, with the ground, in the order of recording. For the group’s coordinator; everyone else gets FORBIDDEN.',
  })
  waivers(
    @Root() { id, groupId }: Consent,
    @Ctx() context: HubContext,
    @Info() { path }: GraphQLResolveInfo,
  ): Promise<Waiver[]> | null {
    return membershipsOf(context).coordinates(groupId) ? waiversOf(id, context) : context.deny('FORBIDDEN', path);
  }
}
