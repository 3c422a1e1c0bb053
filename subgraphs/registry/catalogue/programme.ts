import { randomUUID } from 'node:crypto';
import { Check, Entity, Enum, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { References, Text } from '../sql/storage.ts';
import { Agency, AgencyRow, agencySql } from './agency.ts';
import { SectorRow } from './sector.ts';

/** The two forms of the cooperation. */
export enum ProgrammeKind {
  SIG = 'SIG',
  SSPF = 'SSPF',
}

/** The policy that decides who must sign a consent of the programme's groups. */
export enum SignerPolicy {
  DEFAULT = 'DEFAULT',
  YOUTH_ALWAYS = 'YOUTH_ALWAYS',
}

/** One version of a programme, with its rules as data. */
@Entity({ tableName: 'programme' })
@Unique({ name: 'programme_version', properties: ['code', 'version'] })
@Check({ name: 'programme_age_span', expression: 'age_from <= age_to' })
@Check({ name: 'programme_retention', expression: '(retention_years >= 5) AND (retention_years <= 100)' })
@Check({ name: 'programme_lead', expression: 'num_nonnulls(lead_agency, lead_sector) <= 1' })
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

  /** Groups open at once, at most. */
  @Property({ type: 'integer', nullable: true })
  cap: number | null = null;

  @References(() => AgencyRow, { nullable: true })
  leadAgency: number | null = null;

  /** In place of one lead agency: the sector whose agency leads where the youth lives. */
  @References(() => SectorRow, { nullable: true })
  leadSector: string | null = null;

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

  /** The years that the log keeps entries about a group after its end. */
  @Property({ type: 'smallint', default: 5 })
  retentionYears!: number;
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

registerEnumType(ProgrammeKind, {
  name: 'ProgrammeKind',
  description: 'The forms of the cooperation.',
  valuesConfig: {
    SIG: { description: 'Social intervention groups (sociala insatsgrupper).' },
    SSPF: { description: 'School, social services, police and leisure (skola, socialtjänst, polis, fritid).' },
  },
});

registerEnumType(SignerPolicy, {
  name: 'SignerPolicy',
  description: 'The rule for who must sign the consents of a programme’s groups.',
  valuesConfig: {
    DEFAULT: {
      description: 'Under 15: every guardian with custody. From 15: these and the youth. From 18: the youth alone.',
    },
    YOUTH_ALWAYS: {
      description:
        'Like DEFAULT, plus the youth at any age. Under 15 the youth’s signature counts only after a maturity assessment.',
    },
  },
});

/** One version of a programme. */
@Directive('@open(reason: "The rules of a programme are public.")')
@ObjectType('Programme', { description: 'One version of a programme: the rules under which its groups work.' })
export class Programme {
  @Field(() => ID, { description: 'The id of this version (UUID).' })
  id!: string;

  @Field(() => String, { description: 'The code of the programme, the same in all versions.' })
  code!: string;

  @Field(() => Int, {
    description: 'The number of the version. A group keeps the version under which it was proposed.',
  })
  version!: number;

  @Field(() => String, { description: 'The name.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'The municipality. Null for a national programme.' })
  municipality!: string | null;

  @Field(() => ProgrammeKind, { description: 'The form: SIG or SSPF.' })
  kind!: ProgrammeKind;

  @Field(() => Int, { nullable: true, description: 'The youngest age at which a group can open.' })
  ageFrom!: number | null;

  @Field(() => Int, { nullable: true, description: 'The oldest age at which a group can open, that year included.' })
  ageTo!: number | null;

  @Field(() => Int, { nullable: true, description: 'The largest number of groups open at once. Null: no limit.' })
  cap!: number | null;

  @Field(() => Agency, {
    nullable: true,
    description: 'The agency that leads. Null: the agency of leadSector where the youth lives.',
  })
  leadAgency!: Agency | null;

  @Field(() => ID, { nullable: true, description: 'The code of the sector that leads, if no single agency does.' })
  leadSector!: string | null;

  @Field(() => [Agency], { description: 'The agencies that must hold a seat before a group opens.' })
  mandatoryAgencies!: Agency[];

  @Field(() => [Agency], { description: 'The agencies that take part if the youth needs them.' })
  optionalAgencies!: Agency[];

  @Field(() => Boolean, { description: 'True if every seat needs a deputy.' })
  deputiesRequired!: boolean;

  @Field(() => SignerPolicy, { description: 'The rule for who must sign a consent.' })
  signerPolicy!: SignerPolicy;

  @Field(() => String, { description: 'The longest duration of a consent, as an ISO 8601 duration.' })
  longestConsent!: string;

  @Field(() => String, { description: 'The time between reviews, as an ISO 8601 duration.' })
  reviewInterval!: string;

  @Field(() => String, { description: 'The peculiarity of the programme, in Swedish.' })
  peculiarity!: string;
}

const agenciesSql = (condition: string) => `coalesce((
  SELECT jsonb_agg(${agencySql('a')} ORDER BY a.code)
  FROM registry.programme_agency pa JOIN registry.agency a ON a.id = pa.agency
  WHERE pa.programme = p.id AND ${condition}
), '[]')`;

/** The SQL of a programme as GraphQL shows it, from a row `p` of registry.programme. Its intervals are ISO 8601. */
export const PROGRAMME_SQL = `jsonb_build_object(
  'id', p.id, 'code', p.code, 'version', p.version, 'name', p.name, 'municipality', p.municipality, 'kind', p.kind,
  'ageFrom', p.age_from, 'ageTo', p.age_to, 'cap', p.cap, 'peculiarity', p.peculiarity,
  'deputiesRequired', p.deputies_required, 'signerPolicy', p.signer_policy, 'longestConsent', registry.iso_duration(p.longest_consent),
  'reviewInterval', registry.iso_duration(p.review_interval),
  'leadAgency', (SELECT ${agencySql('a')} FROM registry.agency a WHERE a.id = p.lead_agency),
  'leadSector', p.lead_sector,
  'mandatoryAgencies', ${agenciesSql('pa.mandatory')}, 'optionalAgencies', ${agenciesSql('NOT pa.mandatory')})`;
