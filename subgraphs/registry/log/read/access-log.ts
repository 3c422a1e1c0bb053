import { IsOptional, IsUUID, MaxLength } from 'class-validator';
import { Directive, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../../../../chassis/input/scalars.ts';
import type { Role } from '../../../../schema/caller.ts';
import { Agency } from '../../catalogue/agency.ts';
import { EntryKind, Reason } from '../../entry/entry.ts';
import { RoleName } from '../../entry/me.ts';

/** What was decided. */
export enum Decision {
  PERMIT = 'PERMIT',
  DENY = 'DENY',
}

registerEnumType(Decision, {
  name: 'Decision',
  description: 'What was decided.',
  valuesConfig: { PERMIT: { description: 'Permitted.' }, DENY: { description: 'Denied.' } },
});

registerEnumType(EntryKind, {
  name: 'EntryKind',
  description: 'What an entry tells of.',
  valuesConfig: {
    DECISION: { description: 'Of a decision about a youth’s information.' },
    CHANGE: {
      description:
        'Of an attempt to change a consent, seat or bar, and once more, naming what was recorded, when it was made.',
    },
    READ: { description: 'Of a read of the hub’s own matters: groups, consents, this log.' },
    RELEASED: { description: 'Of an answer that a sector has handed to the gateway, all of it and in time.' },
    WITHHELD: { description: 'Of an answer of which nothing left.' },
    LATE: { description: 'Of an answer of which a part left before its time was up, and the rest was cut off.' },
  },
});

registerEnumType(Reason, {
  name: 'Reason',
  description: 'Why a unit was denied, in the order of the rule, or permitted (DESIGN section 2).',
  valuesConfig: {
    BARRED: { description: 'The source bars the caller (C18).' },
    ROLE: { description: 'The token has no reading role, or is of no known agency (C1).' },
    NOT_ASSIGNED: { description: 'Own data, without a seat and without an assignment (C3).' },
    NO_SEAT: { description: 'No informed seat (C4).' },
    GROUP_NOT_OPEN: { description: 'The group is not open (C4).' },
    NO_CONSENT: { description: 'The group has no consent.' },
    NOT_GRANTED: { description: 'The consent does not grant it.' },
    REFUSED: { description: 'Refused (C6).' },
    WITHDRAWN: { description: 'Withdrawn (C6).' },
    SUPERSEDED: { description: 'Replaced by a later version (C7).' },
    EXPIRED: { description: 'Past its end (C5).' },
    NOT_SIGNED: { description: 'Never fully signed, or the youth must sign and has not (C5).' },
    SUSPENDED: { description: 'The signatures do not suffice any more (C7).' },
    NOT_YET_VALID: { description: 'Before its beginning (C5).' },
    NOT_ACKNOWLEDGED: { description: 'The source has not acknowledged it (C5).' },
    PROTECTED: { description: 'Whereabouts of a youth with protected identity (C16).' },
    CONSENT: { description: 'Permitted by a consent (C4).' },
    OWN: { description: 'Permitted as own data (C3).' },
  },
});

/** What became of what was permitted. */
export enum Disclosure {
  RELEASED = 'RELEASED',
  WITHHELD = 'WITHHELD',
  POSSIBLE = 'POSSIBLE',
}

registerEnumType(Disclosure, {
  name: 'Disclosure',
  description: 'What became of the answer that a read was permitted for.',
  valuesConfig: {
    RELEASED: { description: 'It was handed to the gateway, all of it and in time.' },
    WITHHELD: { description: 'Nothing of it left.' },
    POSSIBLE: { description: 'Part of it may have left, or nothing is known of it: count it as disclosed.' },
  },
});

/** Which entries to read. */
@InputType('AccessLogFilter', {
  description: 'Which entries to read: all that is given must hold. The interval is a year at most.',
})
export class AccessLogFilter {
  @Field(() => DateTime, { description: 'From this instant on.' })
  from!: Date;

  @Field(() => DateTime, { description: 'Before this instant.' })
  to!: Date;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'About this youth.' })
  youthId?: string | null;

  @Field(() => String, { nullable: true, description: 'By this subject, or by this system on somebody’s behalf.' })
  caller?: string | null;

  @Field(() => ID, { nullable: true, description: 'Of information of this agency.' })
  source?: string | null;

  @Field(() => ID, { nullable: true, description: 'By callers of this agency.' })
  recipient?: string | null;

  @Field(() => ID, { nullable: true, description: 'Of this kind of information.' })
  category?: string | null;

  @Field(() => Decision, { nullable: true, description: 'With this decision.' })
  decision?: Decision | null;

  @Field(() => Reason, { nullable: true, description: 'For this reason.' })
  reason?: Reason | null;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'In this group.' })
  groupId?: string | null;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'Under this version of a consent.' })
  consentId?: string | null;

  @Field(() => Disclosure, {
    nullable: true,
    description:
      'Reads that were permitted and of which this became. It looks each of them up: ask for some days at a time.',
  })
  disclosure?: Disclosure | null;

  @IsOptional()
  @MaxLength(200)
  @Field(() => String, {
    nullable: true,
    description: 'By this operation: the name of a published one, or the SHA-256 of another’s text in hex.',
  })
  operation?: string | null;

  @Field(() => EntryKind, { nullable: true, description: 'That tell of this.' })
  kind?: EntryKind | null;
}

/** An entry, as auditors and managers see it. */
@Directive('@restricted(roles: [AUDITOR, MANAGER])')
@ObjectType('AccessLogEntry', {
  description: 'An entry of the access log (åtkomstlogg). Never a value, never a personal identity number.',
})
export class AccessLogEntry {
  @Field(() => ID, { nullable: true, description: 'The id (UUID).' })
  id!: string;

  @Field(() => DateTime, { nullable: true, description: 'When, by the database’s clock.' })
  at!: Date;

  @Field(() => EntryKind, { nullable: true, description: 'What it tells of.' })
  kind!: EntryKind;

  @Field(() => Decision, { nullable: true, description: 'What was decided.' })
  decision!: Decision;

  @Field(() => Reason, {
    nullable: true,
    description: 'Why; null for changes and reads of the hub’s own matters, and in your own entries.',
  })
  reason!: Reason | null;

  @Field(() => String, { nullable: true, description: 'The subject of the caller’s token.' })
  caller!: string;

  @Field(() => String, { nullable: true, description: 'The system that acted on the caller’s behalf.' })
  actor!: string | null;

  @Field(() => Agency, {
    nullable: true,
    description: 'The caller’s agency; null when the token named none of the hub’s.',
  })
  agency!: Agency | null;

  @Field(() => [RoleName], { nullable: true, description: 'The known roles of the caller’s token.' })
  roles!: readonly Role[];

  @Field(() => ID, { nullable: true, description: 'The youth whom it is about, if any.' })
  youthId!: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Had the youth protected identity then? Null in your own entries.',
  })
  protected!: boolean | null;

  @Field(() => Agency, { nullable: true, description: 'Whose information it was.' })
  source!: Agency | null;

  @Field(() => String, { nullable: true, description: 'The code of the kind of information.' })
  category!: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Was it about where the youth is?' })
  whereabouts!: boolean | null;

  @Field(() => [String], {
    nullable: true,
    description: 'The fields that were asked for; of a read of the log, what was asked of it and how.',
  })
  fields!: string[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Did the sector state that the youth is assigned to the caller?',
  })
  assigned!: boolean | null;

  @Field(() => ID, { nullable: true, description: 'The group that decided.' })
  groupId!: string | null;

  @Field(() => ID, { nullable: true, description: 'Its programme: the purpose.' })
  programmeId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The version of a consent that decided.' })
  consentId!: string | null;

  @Field(() => Int, { nullable: true, description: 'Its number.' })
  consentVersion!: number | null;

  @Field(() => ID, { nullable: true, description: 'The grant that decided.' })
  grantId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The mutation of a change, what was read, or the sector whose answer it was.',
  })
  name!: string | null;

  @Field(() => Disclosure, {
    nullable: true,
    description: 'Of a read that was permitted: what became of the answer. Some seconds may pass until it is known.',
  })
  disclosure!: Disclosure | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why an answer was not released: DEADLINE, QUEUED (on its connection) or GONE (the gateway had left).',
  })
  why!: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Milliseconds from the request’s arrival until the answer left, or did not.',
  })
  elapsedMs!: number | null;

  @Field(() => ID, { nullable: true, description: 'The thing that was changed or read.' })
  thingId!: string | null;

  @Field(() => String, { nullable: true, description: 'SHA-256 of the operation’s text, in hex.' })
  operationHash!: string;

  @Field(() => String, { nullable: true, description: 'Its name, when it is a published operation.' })
  operationName!: string | null;

  @Field(() => ID, { nullable: true, description: 'The request, as the hub numbered it (UUID).' })
  requestId!: string;
}
