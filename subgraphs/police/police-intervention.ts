import { Entity, Enum, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Directive, Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { DateOnly } from '../../chassis/input/scalars.ts';
import { IsPastDate } from '../../chassis/input/validators.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';

/** The kind of an intervention by the police. */
export enum PoliceInterventionType {
  REMOVAL = 'REMOVAL',
  APPREHENSION = 'APPREHENSION',
  LVU_ASSISTANCE = 'LVU_ASSISTANCE',
  INTOXICATION = 'INTOXICATION',
  SEARCH = 'SEARCH',
  OTHER = 'OTHER',
}

registerEnumType(PoliceInterventionType, {
  name: 'PoliceInterventionType',
  description: 'The type of police intervention (ingripande).',
  valuesConfig: {
    REMOVAL: { description: 'Turned away or removed from a place (avvisning, avlägsnande).' },
    APPREHENSION: { description: 'Apprehended (gripande, omhändertagande enligt polislagen).' },
    LVU_ASSISTANCE: { description: 'Assistance to social services under LVU (handräckning).' },
    INTOXICATION: { description: 'Taken into care as intoxicated (LOB).' },
    SEARCH: { description: 'Searched (kroppsvisitation).' },
    OTHER: { description: 'Another intervention.' },
  },
});

@Entity({ tableName: 'police_intervention' })
@Unique({ properties: ['agency', 'sourceId'] })
class PoliceInterventionRow extends RecordRow {
  @Enum({ items: () => PoliceInterventionType, nativeEnumName: 'police_intervention_type' })
  type!: PoliceInterventionType;

  @Property({ type: 'date' })
  date!: string;
}

@Directive('@consent(category: "police.intervention")')
@ObjectType('PoliceIntervention', { description: 'An intervention by the police (ingripande, omhändertagande).' })
class PoliceIntervention extends AgencyRecord {
  @Field(() => PoliceInterventionType, { nullable: true, description: 'The type of intervention.' })
  type!: PoliceInterventionType;

  @Field(() => DateOnly, { nullable: true, description: 'The day of the intervention.' })
  date!: string;
}

@InputType('PoliceInterventionFields')
class PoliceInterventionFields {
  @Field(() => PoliceInterventionType, { description: 'The type of intervention.' })
  type!: PoliceInterventionType;

  @IsPastDate()
  @Field(() => DateOnly, { description: 'The day of the intervention, not in the future.' })
  date!: string;
}

/** Interventions by the police (ingripanden, omhändertaganden). */
export const policeIntervention: RecordKind = {
  name: 'PoliceIntervention',
  category: 'police.intervention',
  what: 'an intervention by the police (ingripande, omhändertagande)',
  whatSv: 'ett ingripande av polisen',
  type: PoliceIntervention,
  row: PoliceInterventionRow,
  input: PoliceInterventionFields,
  youthField: { name: 'policeInterventions', description: 'Interventions by the police (ingripanden), latest first.' },
  period: { date: 'date' },
};
