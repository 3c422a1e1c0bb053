import { randomUUID } from 'node:crypto';
import { Check, Entity, Enum, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import { AgencyRow } from './agency.ts';
import { References, Text } from './storage.ts';

/** The two forms of the cooperation. */
export enum ProgrammeKind {
  SIG = 'SIG',
  SSPF = 'SSPF',
}

/** Who must sign a consent of the programme's groups. */
export enum SignerPolicy {
  DEFAULT = 'DEFAULT',
}

/** One version of a programme: rules as data. */
@Entity({ tableName: 'programme' })
@Unique({ name: 'programme_version', properties: ['code', 'version'] })
@Check({ name: 'programme_age_span', expression: 'age_from <= age_to' })
export class ProgrammeRow {
  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @Text()
  code!: string;

  @Property({ type: 'integer' })
  version!: number;

  @Text()
  name!: string;

  @Text({ nullable: true })
  municipality: string | null = null;

  @Enum({ items: () => ProgrammeKind })
  kind!: ProgrammeKind;

  @Property({ type: 'integer', nullable: true })
  ageFrom: number | null = null;

  @Property({ type: 'integer', nullable: true })
  ageTo: number | null = null;

  /** The most groups open at once. */
  @Property({ type: 'integer', nullable: true })
  cap: number | null = null;

  /** Empty: the social services where the youth lives. */
  @References(() => AgencyRow, { nullable: true })
  leadAgency: number | null = null;

  @Enum({ items: () => SignerPolicy, default: SignerPolicy.DEFAULT })
  signerPolicy!: SignerPolicy;

  @Property({ type: 'interval', defaultRaw: "'6 mons'::interval" })
  longestConsent!: string;

  @Property({ type: 'interval', defaultRaw: "'3 mons'::interval" })
  reviewInterval!: string;

  @Property({ type: 'boolean', default: false })
  deputiesRequired!: boolean;

  @Text({ default: '' })
  peculiarity!: string;
}

/** An agency that takes part in a programme. */
@Entity({ tableName: 'programme_agency' })
export class ProgrammeAgencyRow {
  @References(() => ProgrammeRow, { primary: true })
  programme!: string;

  @References(() => AgencyRow, { primary: true })
  agency!: number;

  @Property({ type: 'boolean' })
  mandatory!: boolean;
}
