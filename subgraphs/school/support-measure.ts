import { Entity, Enum, Property, Unique } from '@mikro-orm/decorators/legacy';
import { MaxLength, MinLength } from 'class-validator';
import { Directive, Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { DateOnly } from '../../chassis/input/scalars.ts';
import { IsFromOrLater } from '../../chassis/input/validators.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';

/** The kinds of support that the Education Act (skollagen 3 kap.) distinguishes. */
export enum SupportMeasureKind {
  ADAPTATION = 'ADAPTATION',
  ACTION_PROGRAMME = 'ACTION_PROGRAMME',
  SPECIAL_GROUP = 'SPECIAL_GROUP',
  INDIVIDUAL_TEACHING = 'INDIVIDUAL_TEACHING',
  ADAPTED_STUDIES = 'ADAPTED_STUDIES',
  OTHER = 'OTHER',
}

registerEnumType(SupportMeasureKind, {
  name: 'SupportMeasureKind',
  description: 'The kind of support at school (stödåtgärd).',
  valuesConfig: {
    ADAPTATION: { description: 'Adaptation within ordinary teaching (extra anpassning).' },
    ACTION_PROGRAMME: { description: 'Special support under an action programme (särskilt stöd, åtgärdsprogram).' },
    SPECIAL_GROUP: { description: 'Teaching in a special group (särskild undervisningsgrupp).' },
    INDIVIDUAL_TEACHING: { description: 'Individual teaching (enskild undervisning).' },
    ADAPTED_STUDIES: { description: 'An adapted course of studies (anpassad studiegång).' },
    OTHER: { description: 'Another kind of support.' },
  },
});

@Entity({ tableName: 'support_measure' })
@Unique({ properties: ['agency', 'sourceId'] })
class SupportMeasureRow extends RecordRow {
  @Enum({ items: () => SupportMeasureKind, nativeEnumName: 'support_measure_kind' })
  kind!: SupportMeasureKind;

  @Property({ type: 'text' })
  measure!: string;

  @Property({ type: 'date' })
  from!: string;

  @Property({ type: 'date', nullable: true })
  to: string | null = null;
}

@Directive('@consent(category: "school.support")')
@ObjectType('SupportMeasure', { description: 'Support from the school (stödåtgärd, åtgärdsprogram).' })
class SupportMeasure extends AgencyRecord {
  @Field(() => SupportMeasureKind, { nullable: true, description: 'The kind of support.' })
  kind!: SupportMeasureKind;

  @Field(() => String, {
    nullable: true,
    description:
      'The measure. Free text: other agencies read it only once its author has marked it as cleared of other persons and, while the youth has protected identity, as naming no place.',
  })
  measure!: string;

  @Field(() => DateOnly, { nullable: true, description: 'The first day of the measure.' })
  from!: string;

  @Field(() => DateOnly, { nullable: true, description: 'The last day of the measure. Null if no end is set.' })
  to!: string | null;
}

@InputType('SupportMeasureFields')
class SupportMeasureFields {
  @Field(() => SupportMeasureKind, { description: 'The kind of support.' })
  kind!: SupportMeasureKind;

  @MinLength(1)
  @MaxLength(2_000)
  @Field(() => String, { description: 'The measure, 1 to 2,000 characters.' })
  measure!: string;

  @Field(() => DateOnly, { description: 'The first day of the measure. It may be in the future.' })
  from!: string;

  @IsFromOrLater()
  @Field(() => DateOnly, {
    nullable: true,
    description:
      'The last day of the measure, not before `from`. Without it the measure is outside every data period that has an end.',
  })
  to?: string;
}

/** Support measures (stödåtgärder, åtgärdsprogram). */
export const supportMeasure: RecordKind = {
  name: 'SupportMeasure',
  category: 'school.support',
  what: 'a support measure (stödåtgärd, åtgärdsprogram)',
  whatSv: 'en stödåtgärd i skolan',
  type: SupportMeasure,
  row: SupportMeasureRow,
  input: SupportMeasureFields,
  youthField: { name: 'supportMeasures', description: 'Support from the school (stödåtgärder), latest first.' },
  period: { from: 'from', to: 'to' },
  freeText: ['measure'],
};
