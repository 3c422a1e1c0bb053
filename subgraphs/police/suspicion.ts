import { Entity, Enum, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Directive, Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { DateOnly } from '../../chassis/input/scalars.ts';
import { IsPastDate } from '../../chassis/input/validators.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';

/** The group of offences that a suspicion is about (brottsgrupp). */
export enum OffenceGroup {
  VIOLENCE = 'VIOLENCE',
  THREAT = 'THREAT',
  ROBBERY = 'ROBBERY',
  THEFT = 'THEFT',
  DAMAGE = 'DAMAGE',
  DRUGS = 'DRUGS',
  WEAPONS = 'WEAPONS',
  FRAUD = 'FRAUD',
  TRAFFIC = 'TRAFFIC',
  OTHER = 'OTHER',
}

registerEnumType(OffenceGroup, {
  name: 'OffenceGroup',
  description: 'The group of offences (brottsgrupp).',
  valuesConfig: {
    VIOLENCE: { description: 'Violence (våldsbrott).' },
    THREAT: { description: 'Unlawful threat or coercion (hot och tvång).' },
    ROBBERY: { description: 'Robbery (rån).' },
    THEFT: { description: 'Theft and shoplifting (stöld, snatteri).' },
    DAMAGE: { description: 'Damage (skadegörelse).' },
    DRUGS: { description: 'Narcotics (narkotikabrott).' },
    WEAPONS: { description: 'Weapons and explosives (vapenbrott).' },
    FRAUD: { description: 'Fraud (bedrägeri).' },
    TRAFFIC: { description: 'Traffic offences (trafikbrott).' },
    OTHER: { description: 'Other offences.' },
  },
});

/** The status of a suspicion. */
export enum SuspicionStatus {
  REPORTED = 'REPORTED',
  INVESTIGATED = 'INVESTIGATED',
  DROPPED = 'DROPPED',
  TO_PROSECUTOR = 'TO_PROSECUTOR',
}

registerEnumType(SuspicionStatus, {
  name: 'SuspicionStatus',
  description: 'The stage of a suspicion.',
  valuesConfig: {
    REPORTED: { description: 'Reported (anmäld).' },
    INVESTIGATED: { description: 'Under investigation (utreds).' },
    DROPPED: { description: 'Dropped (nedlagd).' },
    TO_PROSECUTOR: { description: 'Handed to the prosecutor (redovisad till åklagare).' },
  },
});

@Entity({ tableName: 'suspicion' })
@Unique({ properties: ['agency', 'sourceId'] })
class SuspicionRow extends RecordRow {
  @Enum({ items: () => OffenceGroup, nativeEnumName: 'offence_group' })
  offenceGroup!: OffenceGroup;

  @Property({ type: 'date' })
  date!: string;

  @Enum({ items: () => SuspicionStatus, nativeEnumName: 'suspicion_status' })
  status!: SuspicionStatus;
}

@Directive('@consent(category: "police.suspicion")')
@ObjectType('Suspicion', { description: 'A new suspicion of crime (ny brottsmisstanke).' })
class Suspicion extends AgencyRecord {
  @Field(() => OffenceGroup, { nullable: true, description: 'The group of offences (brottsgrupp).' })
  offenceGroup!: OffenceGroup;

  @Field(() => DateOnly, { nullable: true, description: 'The day of the offence (brottsdatum).' })
  date!: string;

  @Field(() => SuspicionStatus, { nullable: true, description: 'The stage of the suspicion.' })
  status!: SuspicionStatus;
}

@InputType('SuspicionFields')
class SuspicionFields {
  @Field(() => OffenceGroup, { description: 'The group of offences (brottsgrupp).' })
  offenceGroup!: OffenceGroup;

  @IsPastDate()
  @Field(() => DateOnly, { description: 'The day of the offence, not in the future.' })
  date!: string;

  @Field(() => SuspicionStatus, { description: 'The stage of the suspicion.' })
  status!: SuspicionStatus;
}

/** New suspicions of crime (nya brottsmisstankar). */
export const suspicion: RecordKind = {
  name: 'Suspicion',
  category: 'police.suspicion',
  what: 'a new suspicion of crime (ny brottsmisstanke)',
  whatSv: 'en ny brottsmisstanke',
  type: Suspicion,
  row: SuspicionRow,
  input: SuspicionFields,
  youthField: { name: 'suspicions', description: 'New suspicions of crime (nya brottsmisstankar), latest first.' },
  period: { date: 'date' },
};
