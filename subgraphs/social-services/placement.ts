import { Entity, Enum, Property, Unique } from '@mikro-orm/decorators/legacy';
import { MaxLength, MinLength } from 'class-validator';
import { Directive, Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { DateOnly } from '../../chassis/input/scalars.ts';
import { IsFromOrLater } from '../../chassis/input/validators.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';

/** The kind of home that a youth is placed in. */
export enum PlacementForm {
  FOSTER_HOME = 'FOSTER_HOME',
  EMERGENCY_HOME = 'EMERGENCY_HOME',
  NETWORK_HOME = 'NETWORK_HOME',
  SUPPORTED_HOUSING = 'SUPPORTED_HOUSING',
  RESIDENTIAL_CARE = 'RESIDENTIAL_CARE',
  STATE_YOUTH_HOME = 'STATE_YOUTH_HOME',
  OTHER = 'OTHER',
}

registerEnumType(PlacementForm, {
  name: 'PlacementForm',
  description: 'The kind of home in which a youth is placed (placeringsform).',
  valuesConfig: {
    FOSTER_HOME: { description: 'A foster home (familjehem).' },
    EMERGENCY_HOME: { description: 'An emergency foster home (jourhem).' },
    NETWORK_HOME: { description: 'A home of relatives or others close to the youth (nätverkshem).' },
    SUPPORTED_HOUSING: { description: 'Supported housing (stödboende).' },
    RESIDENTIAL_CARE: { description: 'A home for care or residence (HVB).' },
    STATE_YOUTH_HOME: { description: 'A special youth home of the state (särskilt ungdomshem, SiS).' },
    OTHER: { description: 'Another home.' },
  },
});

@Entity({ tableName: 'placement' })
@Unique({ properties: ['agency', 'sourceId'] })
class PlacementRow extends RecordRow {
  @Enum({ items: () => PlacementForm, nativeEnumName: 'placement_form' })
  form!: PlacementForm;

  @Property({ type: 'text', nullable: true })
  purpose: string | null = null;

  @Property({ type: 'date' })
  from!: string;

  @Property({ type: 'date', nullable: true })
  to: string | null = null;

  @Property({ type: 'boolean' })
  returningHome!: boolean;

  @Property({ type: 'text', nullable: true })
  location: string | null = null;
}

@Directive('@consent(category: "social-services.placement")')
@ObjectType('Placement', { description: 'A placement outside the home (placering).' })
class Placement extends AgencyRecord {
  @Field(() => PlacementForm, { nullable: true, description: 'The kind of home (placeringsform).' })
  form!: PlacementForm;

  @Field(() => String, {
    nullable: true,
    description:
      'The purpose of the placement (syfte). Free text: other agencies read it only once its author has marked it as cleared of other persons and, while the youth has protected identity, as naming no place.',
  })
  purpose!: string | null;

  @Field(() => DateOnly, { nullable: true, description: 'The first day.' })
  from!: string;

  @Field(() => DateOnly, { nullable: true, description: 'The last day. Null if none is set.' })
  to!: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True if the youth is planned to return home afterwards (hemgång).',
  })
  returningHome!: boolean;

  @Directive('@consent(category: "social-services.placement-location", whereabouts: true)')
  @Field(() => String, {
    nullable: true,
    description:
      'The place, in a category of its own (plats). Free text: other agencies read it only once its author has marked it as cleared of other persons and, while the youth has protected identity, as naming no place. Other agencies cannot read it while the youth has protected identity.',
  })
  location!: string | null;
}

@InputType('PlacementFields')
class PlacementFields {
  @Field(() => PlacementForm, { description: 'The kind of home (placeringsform).' })
  form!: PlacementForm;

  @MinLength(1)
  @MaxLength(2_000)
  @Field(() => String, { nullable: true, description: 'The purpose of the placement, at most 2,000 characters.' })
  purpose?: string | null;

  @Field(() => DateOnly, { description: 'The first day. It may be in the future.' })
  from!: string;

  @IsFromOrLater()
  @Field(() => DateOnly, { nullable: true, description: 'The last day, not before `from`.' })
  to?: string | null;

  @Field(() => Boolean, { description: 'True if the youth is planned to return home afterwards (hemgång).' })
  returningHome!: boolean;

  @MinLength(1)
  @MaxLength(200)
  @Field(() => String, {
    nullable: true,
    description:
      'The home and the town, at most 200 characters. The name of a home that is named after its family does not cross.',
  })
  location?: string | null;
}

/** Placements (placeringar). The place is a category of its own. */
export const placement: RecordKind = {
  name: 'Placement',
  category: 'social-services.placement',
  what: 'a placement outside the home (placering)',
  whatSv: 'en placering utanför hemmet',
  type: Placement,
  row: PlacementRow,
  input: PlacementFields,
  youthField: { name: 'placements', description: 'Placements outside the home (placeringar), latest first.' },
  period: { from: 'from', to: 'to' },
  freeText: ['purpose', 'location'],
};
