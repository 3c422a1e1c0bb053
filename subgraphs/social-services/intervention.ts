import { Entity, Enum, Property, Unique } from '@mikro-orm/decorators/legacy';
import { MaxLength, MinLength } from 'class-validator';
import { Directive, Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { DateOnly } from '../../chassis/input/scalars.ts';
import { IsFromOrLater } from '../../chassis/input/validators.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';

/** The kind of an intervention by social services outside a placement. */
export enum InterventionType {
  CONTACT_PERSON = 'CONTACT_PERSON',
  QUALIFIED_CONTACT_PERSON = 'QUALIFIED_CONTACT_PERSON',
  CONTACT_FAMILY = 'CONTACT_FAMILY',
  COUNSELLING = 'COUNSELLING',
  FAMILY_TREATMENT = 'FAMILY_TREATMENT',
  OPEN_CARE_PROGRAMME = 'OPEN_CARE_PROGRAMME',
  ADDICTION_TREATMENT = 'ADDICTION_TREATMENT',
  MENTOR = 'MENTOR',
  OTHER = 'OTHER',
}

registerEnumType(InterventionType, {
  name: 'InterventionType',
  description: 'A measure of social services for the youth, other than a placement (insats).',
  valuesConfig: {
    CONTACT_PERSON: { description: 'A contact person (kontaktperson).' },
    QUALIFIED_CONTACT_PERSON: {
      description: 'A specially qualified contact person (särskilt kvalificerad kontaktperson).',
    },
    CONTACT_FAMILY: { description: 'A contact family (kontaktfamilj).' },
    COUNSELLING: { description: 'Counselling (stödsamtal, rådgivning).' },
    FAMILY_TREATMENT: { description: 'Treatment of the whole family (familjebehandling).' },
    OPEN_CARE_PROGRAMME: { description: 'A structured programme in open care (strukturerat öppenvårdsprogram).' },
    ADDICTION_TREATMENT: { description: 'Treatment for abuse of alcohol or drugs (missbruksbehandling).' },
    MENTOR: { description: 'A mentor who accompanies the youth and follows up (lots).' },
    OTHER: { description: 'Another intervention.' },
  },
});

@Entity({ tableName: 'intervention' })
@Unique({ properties: ['agency', 'sourceId'] })
class InterventionRow extends RecordRow {
  @Enum({ items: () => InterventionType, nativeEnumName: 'intervention_type' })
  type!: InterventionType;

  @Property({ type: 'text' })
  provider!: string;

  @Property({ type: 'date' })
  from!: string;

  @Property({ type: 'date', nullable: true })
  to: string | null = null;
}

@Directive('@consent(category: "social-services.intervention")')
@ObjectType('Intervention', {
  description: 'A measure of social services for the youth, other than a placement (insats).',
})
class Intervention extends AgencyRecord {
  @Field(() => InterventionType, { nullable: true, description: 'The type of intervention.' })
  type!: InterventionType;

  @Field(() => String, {
    nullable: true,
    description:
      'The provider (utförare). Free text, because a contact person is a person: other agencies read it only once its author has marked it as cleared of other persons and, while the youth has protected identity, as naming no place.',
  })
  provider!: string;

  @Field(() => DateOnly, { nullable: true, description: 'The first day.' })
  from!: string;

  @Field(() => DateOnly, { nullable: true, description: 'The last day. Null if none is set.' })
  to!: string | null;
}

@InputType('InterventionFields')
class InterventionFields {
  @Field(() => InterventionType, { description: 'The type of intervention.' })
  type!: InterventionType;

  @MinLength(1)
  @MaxLength(200)
  @Field(() => String, {
    description:
      'The unit or organisation that provides it, 1 to 200 characters. A private person’s name does not cross.',
  })
  provider!: string;

  @Field(() => DateOnly, { description: 'The first day. It may be in the future.' })
  from!: string;

  @IsFromOrLater()
  @Field(() => DateOnly, { nullable: true, description: 'The last day, not before `from`.' })
  to?: string | null;
}

/** Interventions (insatser). */
export const intervention: RecordKind = {
  name: 'Intervention',
  category: 'social-services.intervention',
  what: 'an intervention by social services other than a placement (insats)',
  whatSv: 'en insats från socialtjänsten',
  type: Intervention,
  row: InterventionRow,
  input: InterventionFields,
  youthField: { name: 'interventions', description: 'Interventions by social services (insatser), latest first.' },
  period: { from: 'from', to: 'to' },
  freeText: ['provider'],
};
