import { Entity, Property, Unique } from '@mikro-orm/decorators/legacy';
import { MaxLength, MinLength } from 'class-validator';
import { Directive, Field, InputType, ObjectType } from 'type-graphql';
import { DateOnly } from '../../chassis/input/scalars.ts';
import { IsPastDate } from '../../chassis/input/validators.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';

const WHEREABOUTS = '@consent(category: "social-services.identity", whereabouts: true)';

@Entity({ tableName: 'identity' })
@Unique({ properties: ['agency', 'sourceId'] })
class IdentityRow extends RecordRow {
  @Property({ type: 'text' })
  name!: string;

  @Property({ type: 'date' })
  dateOfBirth!: string;

  @Property({ type: 'text', nullable: true })
  contact: string | null = null;

  @Property({ type: 'text', nullable: true })
  address: string | null = null;
}

@Directive('@consent(category: "social-services.identity")')
@ObjectType('Identity', { description: 'The identity of the youth (personuppgifter).' })
class Identity extends AgencyRecord {
  @Directive('@words(reason: "The youth’s own name.")')
  @Field(() => String, { nullable: true, description: 'The name.' })
  name!: string;

  @Field(() => DateOnly, { nullable: true, description: 'The date of birth (födelsedatum).' })
  dateOfBirth!: string;

  @Directive(WHEREABOUTS)
  @Field(() => String, {
    nullable: true,
    description:
      'The contact details of the youth (kontaktuppgift). Other agencies cannot read it while the youth has protected identity.',
  })
  contact!: string | null;

  @Directive(WHEREABOUTS)
  @Field(() => String, {
    nullable: true,
    description:
      'The address of the youth (adress). Other agencies cannot read it while the youth has protected identity.',
  })
  address!: string | null;
}

@InputType('IdentityFields')
class IdentityFields {
  @MinLength(1)
  @MaxLength(200)
  @Field(() => String, { description: 'The name, 1 to 200 characters.' })
  name!: string;

  @IsPastDate()
  @Field(() => DateOnly, { description: 'The date of birth.' })
  dateOfBirth!: string;

  @MinLength(1)
  @MaxLength(200)
  @Field(() => String, {
    nullable: true,
    description: 'The youth’s own telephone number or e-mail address, at most 200 characters.',
  })
  contact?: string | null;

  @MinLength(1)
  @MaxLength(400)
  @Field(() => String, { nullable: true, description: 'Street, postal code and town, at most 400 characters.' })
  address?: string | null;
}

/** The youth's identity (personuppgifter). */
export const identity: RecordKind = {
  name: 'Identity',
  category: 'social-services.identity',
  what: 'the youth’s identity (personuppgifter)',
  whatSv: 'ungdomens personuppgifter',
  type: Identity,
  row: IdentityRow,
  input: IdentityFields,
  youthField: { name: 'identity', description: 'The identity of the youth (personuppgifter).', single: true },
};
