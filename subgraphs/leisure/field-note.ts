import { Entity, Enum, Property, Unique } from '@mikro-orm/decorators/legacy';
import { MaxLength, MinLength } from 'class-validator';
import { Directive, Field, InputType, ObjectType } from 'type-graphql';
import { PlaceType } from '../../chassis/input/place-type.ts';
import { DateOnly } from '../../chassis/input/scalars.ts';
import { IsPastDate } from '../../chassis/input/validators.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';

@Entity({ tableName: 'field_note' })
@Unique({ properties: ['agency', 'sourceId'] })
class FieldNoteRow extends RecordRow {
  @Enum({ items: () => PlaceType, nativeEnumName: 'place_type' })
  placeType!: PlaceType;

  @Property({ type: 'date' })
  date!: string;

  @Property({ type: 'text' })
  note!: string;
}

@Directive('@consent(category: "leisure.field-note")')
@ObjectType('FieldNote', { description: 'A field worker’s note about the youth (fältarbetares anteckning).' })
class FieldNote extends AgencyRecord {
  @Directive('@consent(category: "leisure.field-note", whereabouts: true)')
  @Field(() => PlaceType, {
    nullable: true,
    description: 'The kind of place. Other agencies cannot read it while the youth has protected identity.',
  })
  placeType!: PlaceType;

  @Field(() => DateOnly, { nullable: true, description: 'The day that the note is about.' })
  date!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The note. Free text: other agencies read it only once its author has marked it as cleared of other persons and, while the youth has protected identity, as naming no place.',
  })
  note!: string;
}

@InputType('FieldNoteFields')
class FieldNoteFields {
  @Field(() => PlaceType, { description: 'The kind of place.' })
  placeType!: PlaceType;

  @IsPastDate()
  @Field(() => DateOnly, { description: 'The day that the note is about, not in the future.' })
  date!: string;

  @MinLength(1)
  @MaxLength(4_000)
  @Field(() => String, {
    description: 'The note, 1 to 4,000 characters. Never write another person’s identity or the name of a place.',
  })
  note!: string;
}

/** Notes of field workers (fältarbetare). */
export const fieldNote: RecordKind = {
  name: 'FieldNote',
  category: 'leisure.field-note',
  what: 'a field worker’s note about the youth (fältarbetares anteckning)',
  whatSv: 'en fältarbetares anteckning om ungdomen',
  type: FieldNote,
  row: FieldNoteRow,
  input: FieldNoteFields,
  youthField: { name: 'fieldNotes', description: 'Notes of field workers (fältarbetare), latest first.' },
  period: { date: 'date' },
  freeText: ['note'],
};
