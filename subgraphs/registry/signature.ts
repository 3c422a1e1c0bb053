import { randomUUID } from 'node:crypto';
import { Check, Entity, Enum, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { ConsentRow } from './consent.ts';
import { Instant, RecordedAt, References, Text } from './storage.ts';

/** In what capacity somebody signs. */
export enum SignerCapacity {
  GUARDIAN_WITH_CUSTODY = 'GUARDIAN_WITH_CUSTODY',
  SPECIALLY_APPOINTED_GUARDIAN = 'SPECIALLY_APPOINTED_GUARDIAN',
  GOD_MAN = 'GOD_MAN',
  YOUTH = 'YOUTH',
}

/** How somebody signed. */
export enum SigningMethod {
  PAPER = 'PAPER',
  ELECTRONIC = 'ELECTRONIC',
}

/** A signature under one version of a consent; without a guardian it is the youth's. */
@Entity({ tableName: 'signature' })
@Index({ name: 'signature_consent', properties: ['consent'] })
@Check({ name: 'signature_signer', expression: "(guardian is null) = (capacity = 'YOUTH')" })
@Check({ name: 'signature_told', expression: 'told_at <= recorded_at' })
export class SignatureRow {
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

  @Text()
  evidenceHash!: string;

  @RecordedAt()
  recordedAt!: Date;

  @Text()
  recordedBy!: string;
}
