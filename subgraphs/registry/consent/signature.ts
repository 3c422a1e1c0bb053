import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Check, Entity, Enum, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { DateTime } from '../../../chassis/input/scalars.ts';
import { statement } from '../../../chassis/statement.ts';
import { Instant, RecordedAt, References, Text } from '../sql/storage.ts';
import { ConsentRow } from './consent.ts';

/** The capacity in which somebody signs. */
export enum SignerCapacity {
  GUARDIAN_WITH_CUSTODY = 'GUARDIAN_WITH_CUSTODY',
  SPECIALLY_APPOINTED_GUARDIAN = 'SPECIALLY_APPOINTED_GUARDIAN',
  GOD_MAN = 'GOD_MAN',
  YOUTH = 'YOUTH',
}

/** The method by which somebody signed. */
export enum SigningMethod {
  PAPER = 'PAPER',
  ELECTRONIC = 'ELECTRONIC',
}

/** A signature under one version of a consent. Without a guardian it is the youth's. */
@Entity({ tableName: 'signature' })
@Index({ name: 'signature_consent', properties: ['consent'] })
@Check({ name: 'signature_signer', expression: "(guardian is null) = (capacity = 'YOUTH')" })
@Check({ name: 'signature_told', expression: 'told_at <= recorded_at' })
@Check({ name: 'signature_evidence', expression: "method = 'PAPER' or evidence_hash is not null" })
export class SignatureRow {
  [OptionalProps]?: 'id' | 'recordedAt' | 'recordedFor';

  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => ConsentRow)
  consent!: string;

  @Property({ type: 'uuid', nullable: true })
  guardian: string | null = null;

  @Enum({ items: () => SignerCapacity })
  capacity!: SignerCapacity;

  @Instant()
  toldAt!: Date;

  @Enum({ items: () => SigningMethod })
  method!: SigningMethod;

  /** SHA-256, in hex; null if the evidence is paper in a binder. */
  @Text({ nullable: true })
  evidenceHash!: string | null;

  @RecordedAt()
  recordedAt!: Date;

  @Text()
  recordedBy!: string;

  /** The person for whom a system recorded it. */
  @Text({ nullable: true })
  recordedFor: string | null = null;
}

registerEnumType(SignerCapacity, {
  name: 'SignerCapacity',
  description: 'The capacity in which somebody signs.',
  valuesConfig: {
    GUARDIAN_WITH_CUSTODY: { description: 'A guardian with custody (vårdnadshavare).' },
    SPECIALLY_APPOINTED_GUARDIAN: {
      description: 'A specially appointed guardian (särskilt förordnad vårdnadshavare).',
    },
    GOD_MAN: { description: 'A guardian ad litem for the child (god man).' },
    YOUTH: { description: 'The youth.' },
  },
});

registerEnumType(SigningMethod, {
  name: 'SigningMethod',
  description: 'The way in which somebody signed.',
  valuesConfig: {
    PAPER: { description: 'On the paper form.' },
    ELECTRONIC: { description: 'With an electronic identification.' },
  },
});

/** A signature, as the group's members see it. */
@Directive('@restricted(relation: MEMBER)')
@ObjectType('Signature', { description: 'A signature under a consent (underskrift).' })
export class Signature {
  readonly groupId!: string;

  @Field(() => ID, { nullable: true, description: 'The random id of the guardian. Null: the youth signed.' })
  guardianId!: string | null;

  @Field(() => SignerCapacity, { nullable: true, description: 'The capacity in which the person signs.' })
  capacity!: SignerCapacity;

  @Field(() => SigningMethod, { nullable: true, description: 'The way of signing.' })
  method!: SigningMethod;

  @Field(() => DateTime, { nullable: true, description: 'When it was signed.' })
  toldAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was recorded. It counts from then.' })
  recordedAt!: Date;
}

const SIGNATURES = statement<{ readonly consents: readonly string[] }>(
  'signatures',
  `
  SELECT s.consent AS "consentId", c.group_id AS "groupId", s.guardian AS "guardianId", s.capacity, s.method,
    s.told_at AS "toldAt", s.recorded_at AS "recordedAt"
  FROM registry.signature s JOIN registry.consent c ON c.id = s.consent
  WHERE s.consent = ANY (:consents::uuid[])
  ORDER BY s.recorded_at, s.capacity, s.guardian`,
);

/** The signatures under a consent, in the order of recording, by one statement for all consents of a request. */
export function signaturesOf(consentId: string, context: HubContext): Promise<Signature[]> {
  const loader = context.loader('signatures', async (consents) => {
    const { rows } = await context.sector.pool.query<Signature & { consentId: string }>(SIGNATURES({ consents }));
    return consents.map((consent) => rows.filter((signature) => signature.consentId === consent));
  });
  return loader.load(consentId);
}
