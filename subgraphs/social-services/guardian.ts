import { Entity, Property, Unique } from '@mikro-orm/decorators/legacy';
import { IsUUID, MaxLength, MinLength } from 'class-validator';
import { Directive, Field, ID, InputType, ObjectType } from 'type-graphql';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';

@Entity({ tableName: 'guardian' })
@Unique({ properties: ['agency', 'sourceId'] })
class GuardianRow extends RecordRow {
  @Property({ type: 'text' })
  name!: string;

  @Property({ type: 'text', nullable: true })
  contact: string | null = null;

  @Property({ type: 'uuid', nullable: true })
  guardianId: string | null = null;
}

@Directive('@consent(category: "social-services.guardians")')
@ObjectType('Guardian', {
  description:
    'A guardian as the lead agency knows the person (vårdnadshavare). It can never be granted to another agency. The registry records who has custody.',
})
class Guardian extends AgencyRecord {
  @Directive('@words(reason: "Guardians’ data is never granted (C10).")')
  @Field(() => String, { nullable: true, description: 'The name.' })
  name!: string;

  @Directive('@words(reason: "Guardians’ data is never granted (C10).")')
  @Field(() => String, { nullable: true, description: 'The contact details of the guardian (kontaktuppgift).' })
  contact!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The random id by which custody and signatures name this guardian (UUID). Null if none is noted.',
  })
  guardianId!: string | null;
}

@InputType('GuardianFields')
class GuardianFields {
  @MinLength(1)
  @MaxLength(200)
  @Field(() => String, { description: 'The name, 1 to 200 characters.' })
  name!: string;

  @MinLength(1)
  @MaxLength(200)
  @Field(() => String, {
    nullable: true,
    description: 'The guardian’s telephone number or e-mail address, at most 200 characters.',
  })
  contact?: string | null;

  @IsUUID()
  @Field(() => ID, {
    nullable: true,
    description: 'The random id by which custody and signatures name this guardian (UUID).',
  })
  guardianId?: string | null;
}

/** Guardians (vårdnadshavare), which only the own agency reads. */
export const guardian: RecordKind = {
  name: 'Guardian',
  category: 'social-services.guardians',
  what: 'a guardian’s name and contact details (vårdnadshavare)',
  whatSv: 'en vårdnadshavares namn och kontaktuppgift',
  type: Guardian,
  row: GuardianRow,
  input: GuardianFields,
  youthField: {
    name: 'guardians',
    description: 'The guardians (vårdnadshavare). Only the agency itself reads them: they can never be granted.',
  },
};
