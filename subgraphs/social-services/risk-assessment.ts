import { Entity, Enum, Property, Unique } from '@mikro-orm/decorators/legacy';
import { MaxLength, MinLength } from 'class-validator';
import { Directive, Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { DateOnly } from '../../chassis/input/scalars.ts';
import { IsPastDate } from '../../chassis/input/validators.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';

/** The method by which risk and need were assessed. */
export enum RiskAssessmentMethod {
  BBIC = 'BBIC',
  ESTER = 'ESTER',
  SAVRY = 'SAVRY',
  YLS_CMI = 'YLS_CMI',
  ADAD = 'ADAD',
  OTHER = 'OTHER',
}

registerEnumType(RiskAssessmentMethod, {
  name: 'RiskAssessmentMethod',
  description: 'The method by which risk and need were assessed.',
  valuesConfig: {
    BBIC: { description: 'The needs of the child in focus (Barns behov i centrum).' },
    ESTER: { description: 'ESTER, risk and protective factors for norm-breaking behaviour.' },
    SAVRY: { description: 'SAVRY, risk of violence in youth.' },
    YLS_CMI: { description: 'YLS/CMI, risk of relapse into crime.' },
    ADAD: { description: 'ADAD, an interview on problems and needs.' },
    OTHER: { description: 'Another method, or none.' },
  },
});

/** The assessed level of the risk. */
export enum RiskLevel {
  LOW = 'LOW',
  MODERATE = 'MODERATE',
  HIGH = 'HIGH',
}

registerEnumType(RiskLevel, {
  name: 'RiskLevel',
  description: 'The assessed level of risk (risknivå).',
  valuesConfig: {
    LOW: { description: 'Low (låg).' },
    MODERATE: { description: 'Moderate (måttlig).' },
    HIGH: { description: 'High (hög).' },
  },
});

@Entity({ tableName: 'risk_assessment' })
@Unique({ properties: ['agency', 'sourceId'] })
class RiskAssessmentRow extends RecordRow {
  @Enum({ items: () => RiskAssessmentMethod, nativeEnumName: 'risk_assessment_method' })
  method!: RiskAssessmentMethod;

  @Enum({ items: () => RiskLevel, nativeEnumName: 'risk_level' })
  level!: RiskLevel;

  @Property({ type: 'date' })
  date!: string;

  @Property({ type: 'text', nullable: true })
  summary: string | null = null;
}

@Directive('@consent(category: "social-services.risk")')
@ObjectType('RiskAssessment', { description: 'An assessment of risk and need (risk- och behovsbedömning).' })
class RiskAssessment extends AgencyRecord {
  @Field(() => RiskAssessmentMethod, { nullable: true, description: 'The method of the assessment.' })
  method!: RiskAssessmentMethod;

  @Field(() => RiskLevel, { nullable: true, description: 'The assessed level of risk.' })
  level!: RiskLevel;

  @Field(() => DateOnly, { nullable: true, description: 'The day of the assessment.' })
  date!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The risks, needs and protective factors, in brief. Free text: other agencies read it only once its author has marked it as cleared of other persons and, while the youth has protected identity, as naming no place.',
  })
  summary!: string | null;
}

@InputType('RiskAssessmentFields')
class RiskAssessmentFields {
  @Field(() => RiskAssessmentMethod, { description: 'The method of the assessment.' })
  method!: RiskAssessmentMethod;

  @Field(() => RiskLevel, { description: 'The assessed level of risk.' })
  level!: RiskLevel;

  @IsPastDate()
  @Field(() => DateOnly, { description: 'The day of the assessment, not in the future.' })
  date!: string;

  @MinLength(1)
  @MaxLength(4_000)
  @Field(() => String, {
    nullable: true,
    description: 'The risks, needs and protective factors, in brief, at most 4,000 characters.',
  })
  summary?: string | null;
}

/** Assessments of risk and need (risk- och behovsbedömningar). */
export const riskAssessment: RecordKind = {
  name: 'RiskAssessment',
  category: 'social-services.risk',
  what: 'an assessment of risk and need (risk- och behovsbedömning)',
  whatSv: 'en risk- och behovsbedömning',
  type: RiskAssessment,
  row: RiskAssessmentRow,
  input: RiskAssessmentFields,
  youthField: {
    name: 'riskAssessments',
    description: 'Assessments of risk and need (risk- och behovsbedömningar), latest first.',
  },
  period: { date: 'date' },
  freeText: ['summary'],
};
