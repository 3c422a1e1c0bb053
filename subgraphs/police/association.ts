import { Entity, Enum, Property, Unique } from '@mikro-orm/decorators/legacy';
import { MaxLength, MinLength } from 'class-validator';
import { Directive, Field, InputType, ObjectType } from 'type-graphql';
import { PlaceType } from '../../chassis/input/place-type.ts';
import { DateOnly } from '../../chassis/input/scalars.ts';
import { IsPastDate } from '../../chassis/input/validators.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';

@Entity({ tableName: 'association' })
@Unique({ properties: ['agency', 'sourceId'] })
class AssociationRow extends RecordRow {
  @Property({ type: 'text' })
  context!: string;

  @Enum({ items: () => PlaceType, nativeEnumName: 'place_type' })
  placeType!: PlaceType;

  @Property({ type: 'date' })
  date!: string;
}

@Directive('@consent(category: "police.association")')
@ObjectType('Association', {
  description: 'Company of the youth that raises concern (umgänge). It never holds another person’s identity.',
})
class Association extends AgencyRecord {
  @Field(() => String, {
    nullable: true,
    description:
      'The context. Free text: other agencies read it only once its author has marked it as cleared of other persons and, while the youth has protected identity, as naming no place.',
  })
  context!: string;

  @Directive('@consent(category: "police.association", whereabouts: true)')
  @Field(() => PlaceType, {
    nullable: true,
    description: 'The kind of place. Other agencies cannot read it while the youth has protected identity.',
  })
  placeType!: PlaceType;

  @Field(() => DateOnly, { nullable: true, description: 'The day when it was seen.' })
  date!: string;
}

@InputType('AssociationFields')
class AssociationFields {
  @MinLength(1)
  @MaxLength(2_000)
  @Field(() => String, { description: 'The context, 1 to 2,000 characters. Never write another person’s identity.' })
  context!: string;

  @Field(() => PlaceType, { description: 'The kind of place.' })
  placeType!: PlaceType;

  @IsPastDate()
  @Field(() => DateOnly, { description: 'The day when it was seen, not in the future.' })
  date!: string;
}

/** Company kept (umgänge). */
export const association: RecordKind = {
  name: 'Association',
  category: 'police.association',
  what: 'company of the youth that raises concern (umgänge)',
  whatSv: 'ett umgänge som väcker oro',
  type: Association,
  row: AssociationRow,
  input: AssociationFields,
  youthField: {
    name: 'associations',
    description: 'Company of the youth that raises concern (umgänge), latest first.',
  },
  period: { date: 'date' },
  freeText: ['context'],
};
