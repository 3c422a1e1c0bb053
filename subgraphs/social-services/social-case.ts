import { Entity, Enum, Property, Unique } from '@mikro-orm/decorators/legacy';
import { MaxLength, MinLength } from 'class-validator';
import { Directive, Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { DateOnly } from '../../chassis/input/scalars.ts';
import { IsPastDate } from '../../chassis/input/validators.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';

/** The status of a case. */
export enum SocialCaseStatus {
  INITIATED = 'INITIATED',
  PRELIMINARY_ASSESSMENT = 'PRELIMINARY_ASSESSMENT',
  INVESTIGATION = 'INVESTIGATION',
  INTERVENTION = 'INTERVENTION',
  CLOSED = 'CLOSED',
}

registerEnumType(SocialCaseStatus, {
  name: 'SocialCaseStatus',
  description: 'The stage of a case.',
  valuesConfig: {
    INITIATED: { description: 'Opened by a report, an application or otherwise (aktualisering).' },
    PRELIMINARY_ASSESSMENT: {
      description: 'In preliminary assessment, before a decision on whether to investigate (förhandsbedömning).',
    },
    INVESTIGATION: { description: 'Under investigation (utredning).' },
    INTERVENTION: { description: 'Decided, with an intervention in progress (insats pågår).' },
    CLOSED: { description: 'Closed (avslutat).' },
  },
});

@Entity({ tableName: 'social_case' })
@Unique({ properties: ['agency', 'sourceId'] })
class SocialCaseRow extends RecordRow {
  @Enum({ items: () => SocialCaseStatus, nativeEnumName: 'social_case_status' })
  status!: SocialCaseStatus;

  @Property({ type: 'text' })
  officer!: string;

  @Property({ type: 'date' })
  opened!: string;

  @Property({ type: 'date', nullable: true })
  closed: string | null = null;
}

@Directive('@consent(category: "social-services.case")')
@ObjectType('SocialCase', { description: 'The youth’s case at social services (ärende).' })
class SocialCase extends AgencyRecord {
  @Field(() => SocialCaseStatus, { nullable: true, description: 'The stage of the case.' })
  status!: SocialCaseStatus;

  @Field(() => String, {
    nullable: true,
    description:
      'The responsible officer, staff in their role (ansvarig socialsekreterare). While the youth has protected identity, other agencies read it only if it is marked as naming no place.',
  })
  officer!: string;

  @Field(() => DateOnly, { nullable: true, description: 'The day when the case was opened.' })
  opened!: string;

  @Field(() => DateOnly, { nullable: true, description: 'The day when the case was closed. Null while it is open.' })
  closed!: string | null;
}

@InputType('SocialCaseFields')
class SocialCaseFields {
  @Field(() => SocialCaseStatus, { description: 'The stage of the case.' })
  status!: SocialCaseStatus;

  @MinLength(1)
  @MaxLength(200)
  @Field(() => String, {
    description: 'The responsible officer, 1 to 200 characters: the name or title of a staff member and nobody else’s.',
  })
  officer!: string;

  @IsPastDate()
  @Field(() => DateOnly, { description: 'The day when the case was opened, not in the future.' })
  opened!: string;

  @IsPastDate()
  @Field(() => DateOnly, {
    nullable: true,
    description:
      'The day when the case was closed, with status CLOSED. It is not before the opening and not in the future.',
  })
  closed?: string | null;
}

/** The youth's case (ärende). */
export const socialCase: RecordKind = {
  name: 'SocialCase',
  category: 'social-services.case',
  what: 'the youth’s case (ärende)',
  whatSv: 'ungdomens ärende hos socialtjänsten',
  type: SocialCase,
  row: SocialCaseRow,
  input: SocialCaseFields,
  places: ['officer'],
  youthField: { name: 'socialCase', description: 'The youth’s case at social services (ärende).', single: true },
  period: { date: 'opened' },
  faults(fields) {
    const { status, opened, closed } = fields as SocialCaseFields;
    if ((closed != null) !== (status === SocialCaseStatus.CLOSED)) {
      return [{ field: 'closed', message: 'closed must come together with the status CLOSED. Send both, or neither.' }];
    }
    return closed != null && closed < opened
      ? [{ field: 'closed', message: 'closed must be the same day as opened, or a later one. Correct one of the two.' }]
      : [];
  },
};
