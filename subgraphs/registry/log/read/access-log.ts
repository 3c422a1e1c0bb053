import { IsOptional, IsUUID, MaxLength } from 'class-validator';
import { Directive, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../../../../chassis/input/scalars.ts';
import type { Role } from '../../../../schema/caller.ts';
import { Agency } from '../../catalogue/agency.ts';
import { EntryKind, Reason } from '../../entry/entry.ts';
import { RoleName } from '../../entry/me.ts';

/** The decision of an entry. */
export enum Decision {
  PERMIT = 'PERMIT',
  DENY = 'DENY',
}

registerEnumType(Decision, {
  name: 'Decision',
  description: 'The decision.',
  valuesConfig: { PERMIT: { description: 'Permitted.' }, DENY: { description: 'Denied.' } },
});

registerEnumType(EntryKind, {
  name: 'EntryKind',
  description: 'The kind of event that an entry records.',
  valuesConfig: {
    DECISION: { description: 'A decision about a youth’s information.' },
    CHANGE: {
      description:
        'An attempt to change a consent, seat or bar. If the change was made, a second entry names the recorded thing.',
    },
    READ: { description: 'A read of the hub’s own matters: groups, consents, this log.' },
    RELEASED: { description: 'An answer that a sector handed to the gateway, whole and in time.' },
    WITHHELD: { description: 'An answer of which nothing left.' },
    LATE: { description: 'An answer of which a part left in time, and the rest was cut off.' },
  },
});

registerEnumType(Reason, {
  name: 'Reason',
  description: 'Why a unit was denied, in the order of the rule, or why it was permitted.',
  valuesConfig: {
    BARRED: { description: 'The source bars the caller.' },
    ROLE: { description: 'The token has no role that may read, or names no known agency.' },
    NOT_ASSIGNED: { description: 'The agency’s own information, but the caller has neither a seat nor an assignment.' },
    NO_SEAT: { description: 'The caller has no informed seat.' },
    GROUP_NOT_OPEN: { description: 'The group is not open.' },
    NO_CONSENT: { description: 'The group has no consent.' },
    NOT_GRANTED: { description: 'The consent does not grant it.' },
    REFUSED: { description: 'The consent was refused.' },
    WITHDRAWN: { description: 'The consent was withdrawn.' },
    SUPERSEDED: { description: 'A later version replaced the consent.' },
    EXPIRED: { description: 'The consent has passed its end.' },
    NOT_SIGNED: { description: 'The consent was never fully signed, or the youth must sign and has not.' },
    SUSPENDED: { description: 'The signatures no longer suffice.' },
    NOT_YET_VALID: { description: 'The consent is not valid yet.' },
    NOT_ACKNOWLEDGED: { description: 'The source has not acknowledged the consent.' },
    PROTECTED: { description: 'It would show the whereabouts of a youth with protected identity.' },
    CONSENT: { description: 'A consent permits it.' },
    OWN: { description: 'It is the agency’s own information.' },
  },
});

/** The fate of what was permitted. */
export enum Disclosure {
  RELEASED = 'RELEASED',
  WITHHELD = 'WITHHELD',
  POSSIBLE = 'POSSIBLE',
}

registerEnumType(Disclosure, {
  name: 'Disclosure',
  description: 'The outcome of the answer to a permitted read.',
  valuesConfig: {
    RELEASED: { description: 'The sector handed the answer to the gateway, whole and in time.' },
    WITHHELD: { description: 'Nothing of the answer left.' },
    POSSIBLE: { description: 'Part of the answer may have left, or nothing is known of it. Count it as disclosed.' },
  },
});

/** Which entries to read. */
@InputType('AccessLogFilter', {
  description: 'The conditions that an entry must meet, all of them. The interval is at most a year.',
})
export class AccessLogFilter {
  @Field(() => DateTime, { description: 'From this instant on.' })
  from!: Date;

  @Field(() => DateTime, { description: 'Before this instant.' })
  to!: Date;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'Only entries about this youth.' })
  youthId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only entries of this subject, or of this system on somebody’s behalf.',
  })
  caller?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only entries about information of this agency.' })
  source?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only entries of callers of this agency.' })
  recipient?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only entries about this kind of information.' })
  category?: string | null;

  @Field(() => Decision, { nullable: true, description: 'Only entries with this decision.' })
  decision?: Decision | null;

  @Field(() => Reason, { nullable: true, description: 'Only entries with this reason.' })
  reason?: Reason | null;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'Only entries in this group.' })
  groupId?: string | null;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'Only entries under this version of a consent.' })
  consentId?: string | null;

  @Field(() => Disclosure, {
    nullable: true,
    description: 'Only permitted reads with this outcome. Each is looked up, so ask for a few days at a time.',
  })
  disclosure?: Disclosure | null;

  @IsOptional()
  @MaxLength(200)
  @Field(() => String, {
    nullable: true,
    description:
      'Only entries of this operation: the name of a published one, or the SHA-256 of the text of another, in hex.',
  })
  operation?: string | null;

  @Field(() => EntryKind, {
    nullable: true,
    description:
      'Only entries of this kind. RELEASED, WITHHELD and LATE list what became of answers, which are not listed without it.',
  })
  kind?: EntryKind | null;
}

/** An entry, as auditors and managers see it. */
@Directive('@restricted(roles: [AUDITOR, MANAGER])')
@ObjectType('AccessLogEntry', {
  description: 'An entry of the access log (åtkomstlogg). It never holds a value or a personal identity number.',
})
export class AccessLogEntry {
  @Field(() => ID, { nullable: true, description: 'The id (UUID).' })
  id!: string;

  @Field(() => DateTime, { nullable: true, description: 'When the entry was written, by the database’s clock.' })
  at!: Date;

  @Field(() => EntryKind, { nullable: true, description: 'The kind of event.' })
  kind!: EntryKind;

  @Field(() => Decision, { nullable: true, description: 'The decision.' })
  decision!: Decision;

  @Field(() => Reason, {
    nullable: true,
    description: 'The reason. Null for changes and reads of the hub’s own matters, and in your own entries.',
  })
  reason!: Reason | null;

  @Field(() => String, { nullable: true, description: 'The subject of the caller’s token.' })
  caller!: string;

  @Field(() => String, { nullable: true, description: 'The system that acted on the caller’s behalf, if any.' })
  actor!: string | null;

  @Field(() => Agency, {
    nullable: true,
    description: 'The caller’s agency. Null if the token named none of the hub’s agencies.',
  })
  agency!: Agency | null;

  @Field(() => [RoleName], { nullable: true, description: 'The known roles of the caller’s token.' })
  roles!: readonly Role[];

  @Field(() => ID, { nullable: true, description: 'The youth that the entry is about, if any.' })
  youthId!: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'True if the youth had protected identity then. Null in your own entries. It shows to auditors of the hub and of the youth’s lead agency, and to others only in decisions under an informed seat in an open group.',
  })
  protected!: boolean | null;

  @Field(() => Agency, { nullable: true, description: 'The agency that owns the information.' })
  source!: Agency | null;

  @Field(() => String, { nullable: true, description: 'The code of the kind of information.' })
  category!: string | null;

  @Field(() => Boolean, { nullable: true, description: 'True if the read was about the youth’s whereabouts.' })
  whereabouts!: boolean | null;

  @Field(() => [String], {
    nullable: true,
    description: 'The requested fields. For a read of the log, the query and its form.',
  })
  fields!: string[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True if the sector stated that the youth is assigned to the caller.',
  })
  assigned!: boolean | null;

  @Field(() => ID, { nullable: true, description: 'The group that decided.' })
  groupId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The programme of that group: the purpose of the read.' })
  programmeId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The version of the consent that decided.' })
  consentId!: string | null;

  @Field(() => Int, { nullable: true, description: 'The number of the version.' })
  consentVersion!: number | null;

  @Field(() => ID, { nullable: true, description: 'The grant that decided.' })
  grantId!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'For a change the mutation, for a read the thing that was read, for a decision or an answer the sector.',
  })
  name!: string | null;

  @Field(() => Disclosure, {
    nullable: true,
    description: 'The outcome of a permitted read. It may take some seconds until it is known.',
  })
  disclosure!: Disclosure | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why an answer was not released: DEADLINE, QUEUED (on its connection) or GONE (the gateway had left).',
  })
  why!: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Milliseconds from the arrival of the request until the answer left, or was stopped.',
  })
  elapsedMs!: number | null;

  @Field(() => ID, { nullable: true, description: 'The id of the thing that was changed or read.' })
  thingId!: string | null;

  @Field(() => String, { nullable: true, description: 'SHA-256 of the operation’s text, in hex.' })
  operationHash!: string;

  @Field(() => String, { nullable: true, description: 'The operation’s name, if it is a published one.' })
  operationName!: string | null;

  @Field(() => ID, { nullable: true, description: 'The id that the hub gave the request (UUID).' })
  requestId!: string;
}
