import { Entity, Enum, Property, Unique } from '@mikro-orm/decorators/legacy';
import { IsOptional, MaxLength, MinLength } from 'class-validator';
import { Directive, Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { DateOnly } from '../../chassis/input/scalars.ts';
import { IsPastDate } from '../../chassis/input/validators.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';

/** The kind of an incident at school. */
export enum SchoolIncidentKind {
  VIOLENCE = 'VIOLENCE',
  THREAT = 'THREAT',
  OFFENSIVE_TREATMENT = 'OFFENSIVE_TREATMENT',
  DAMAGE = 'DAMAGE',
  THEFT = 'THEFT',
  DRUGS = 'DRUGS',
  WEAPONS = 'WEAPONS',
  DISTURBANCE = 'DISTURBANCE',
  OTHER = 'OTHER',
}

registerEnumType(SchoolIncidentKind, {
  name: 'SchoolIncidentKind',
  description: 'The kind of incident at school (händelse).',
  valuesConfig: {
    VIOLENCE: { description: 'Violence (våld).' },
    THREAT: { description: 'Threat (hot).' },
    OFFENSIVE_TREATMENT: { description: 'Offensive treatment (kränkande behandling).' },
    DAMAGE: { description: 'Damage (skadegörelse).' },
    THEFT: { description: 'Theft (stöld).' },
    DRUGS: { description: 'Alcohol or narcotics (alkohol, narkotika).' },
    WEAPONS: { description: 'Weapons or dangerous objects (vapen, farliga föremål).' },
    DISTURBANCE: { description: 'Disturbance of teaching or order (ordningsstörning).' },
    OTHER: { description: 'Another incident.' },
  },
});

@Entity({ tableName: 'school_incident' })
@Unique({ properties: ['agency', 'sourceId'] })
class SchoolIncidentRow extends RecordRow {
  @Enum({ items: () => SchoolIncidentKind, nativeEnumName: 'school_incident_kind' })
  kind!: SchoolIncidentKind;

  @Property({ type: 'date' })
  date!: string;

  @Property({ type: 'text', nullable: true })
  measure: string | null = null;
}

@Directive('@consent(category: "school.incident")')
@ObjectType('SchoolIncident', {
  description: 'An incident at school (händelse). It never holds another person’s identity.',
})
class SchoolIncident extends AgencyRecord {
  @Field(() => SchoolIncidentKind, { nullable: true, description: 'The kind of incident.' })
  kind!: SchoolIncidentKind;

  @Field(() => DateOnly, { nullable: true, description: 'The day of the incident.' })
  date!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The measure that the school took (åtgärd). Null if none yet. Free text: other agencies read it only once its author has marked it as cleared of other persons and, while the youth has protected identity, as naming no place.',
  })
  measure!: string | null;
}

@InputType('SchoolIncidentFields')
class SchoolIncidentFields {
  @Field(() => SchoolIncidentKind, { description: 'The kind of incident.' })
  kind!: SchoolIncidentKind;

  @IsPastDate()
  @Field(() => DateOnly, { description: 'The day of the incident, not in the future.' })
  date!: string;

  @IsOptional()
  @MinLength(1)
  @MaxLength(2_000)
  @Field(() => String, {
    nullable: true,
    description: 'The measure that the school took, 1 to 2,000 characters. Never write another person’s identity.',
  })
  measure?: string;
}

/** Incidents at school (händelser). */
export const schoolIncident: RecordKind = {
  name: 'SchoolIncident',
  category: 'school.incident',
  what: 'an incident at school (händelse)',
  whatSv: 'en händelse i skolan',
  type: SchoolIncident,
  row: SchoolIncidentRow,
  input: SchoolIncidentFields,
  youthField: { name: 'schoolIncidents', description: 'Incidents at school (händelser), latest first.' },
  period: { date: 'date' },
  freeText: ['measure'],
};
