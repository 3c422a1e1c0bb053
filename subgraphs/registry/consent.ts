import { randomUUID } from 'node:crypto';
import { Check, Entity, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import { InterventionGroupRow } from './group.ts';
import { Instant, RecordedAt, References, Text } from './storage.ts';

/** One version of a group's consent; what it says never changes. */
@Entity({ tableName: 'consent' })
@Unique({ name: 'consent_version', properties: ['groupId', 'version'] })
@Check({ name: 'consent_period', expression: 'valid_from < valid_until' })
@Check({
  name: 'consent_maturity',
  expression: 'num_nonnulls(maturity_assessed_at, maturity_assessed_by, maturity_reason) in (0, 3)',
})
export class ConsentRow {
  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => InterventionGroupRow)
  groupId!: string;

  @Property({ type: 'integer' })
  version!: number;

  @Instant()
  validFrom!: Date;

  @Instant()
  validUntil!: Date;

  @Text()
  purpose!: string;

  /** What the paper form, which carries name and number, is filed under. */
  @Text()
  paperReference!: string;

  @Text()
  informationGiven!: string;

  @Text()
  language!: string;

  @Property({ type: 'boolean', default: false })
  interpreter!: boolean;

  @Text({ nullable: true })
  childView: string | null = null;

  @Instant({ nullable: true })
  maturityAssessedAt: Date | null = null;

  @Text({ nullable: true })
  maturityAssessedBy: string | null = null;

  @Text({ nullable: true })
  maturityReason: string | null = null;

  @RecordedAt()
  recordedAt!: Date;

  @Text()
  recordedBy!: string;

  /** Settled by the database. */
  @Instant({ nullable: true })
  fullySignedAt: Date | null = null;
}

/** A version that ends for another's sake (C7); settled by the database. */
@Entity({ tableName: 'supersession' })
export class SupersessionRow {
  @References(() => ConsentRow, { primary: true })
  predecessor!: string;

  @References(() => ConsentRow, { primary: true })
  successor!: string;

  @Instant()
  supersededAt!: Date;
}
