import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateOnly, DateTime, TreeSize } from '../../../../chassis/input/scalars.ts';
import { Agency } from '../../catalogue/agency.ts';
import { Disclosure } from '../read/access-log.ts';
import { LogCheckpoint } from '../seal/proofs.ts';

/** Whoever may make an extract may read all of it. */
export const MAKERS = '@restricted(roles: [COORDINATOR, MANAGER, AUDITOR])';

/** The languages that an extract is made in. */
export enum ReportLanguage {
  SV = 'SV',
  EN = 'EN',
}

registerEnumType(ReportLanguage, {
  name: 'ReportLanguage',
  description: 'The language of an extract for the youth.',
  valuesConfig: { SV: { description: 'Swedish.' }, EN: { description: 'English.' } },
});

/** A reading of one kind of information, as a young person or a guardian reads it. */
@Directive(MAKERS)
@ObjectType('AccessReportRow', {
  description:
    'A reading of one kind of information about the youth: one entry of the access log, worded for the youth. It names no person and holds no content.',
})
export class AccessReportRow {
  @Field(() => Int, {
    nullable: true,
    description: 'The number of the row in the appendix, which is all rows of the interval. The latest is number 1.',
  })
  number!: number;

  @Field(() => ID, {
    nullable: true,
    description: 'The id of the entry. inclusionProof proves the reading by this id.',
  })
  entryId!: string;

  @Field(() => TreeSize, {
    nullable: true,
    description:
      'The position of the leaf of the reading’s call in the log’s tree, which counts the calls about all youths. Null if the call is not sealed yet.',
  })
  leafIndex!: number | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was read.' })
  at!: Date;

  @Field(() => Agency, { nullable: true, description: 'The agency that read it.' })
  agency!: Agency;

  @Field(() => String, {
    nullable: true,
    description: 'The reader’s role, in plain words. It also says if a computer system read it for a person.',
  })
  role!: string;

  @Field(() => String, { nullable: true, description: 'The kind of information, in plain words.' })
  information!: string;

  @Field(() => String, { nullable: true, description: 'The code of the kind of information.' })
  category!: string;

  @Field(() => Agency, { nullable: true, description: 'The agency that owns the information.' })
  source!: Agency;

  @Field(() => String, {
    nullable: true,
    description:
      'The ground for permitting it, in plain words: a consent with version and programme, or that the information was the agency’s own.',
  })
  basis!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'The version of the consent. Null for the agency’s own information.',
  })
  consentVersion!: number | null;

  @Field(() => Disclosure, {
    nullable: true,
    description: 'The outcome: RELEASED or POSSIBLE. A withheld answer has no row.',
  })
  disclosure!: Disclosure;

  @Field(() => String, { nullable: true, description: 'The outcome, in plain words.' })
  shown!: string;
}

/** The reading of a kind of information by an agency, counted. */
@Directive(MAKERS)
@ObjectType('AccessReportKind', {
  description: 'The reading of one kind of information about the youth by one agency, counted over the whole interval.',
})
export class AccessReportKind {
  @Field(() => Agency, { nullable: true, description: 'The agency that read it.' })
  agency!: Agency;

  @Field(() => String, { nullable: true, description: 'The kind of information, in plain words.' })
  information!: string;

  @Field(() => String, { nullable: true, description: 'The code of the kind of information.' })
  category!: string;

  @Field(() => Agency, { nullable: true, description: 'The agency that owns the information.' })
  source!: Agency;

  @Field(() => Int, {
    nullable: true,
    description: 'The number of times. Several rows of one request are one time.',
  })
  times!: number;

  @Field(() => DateTime, { nullable: true, description: 'The first time.' })
  first!: Date;

  @Field(() => DateTime, { nullable: true, description: 'The last time.' })
  last!: Date;
}

/** The reading of an agency on a day. */
@Directive(MAKERS)
@ObjectType('AccessReportDay', { description: 'The information about the youth that an agency read on one day.' })
export class AccessReportDay {
  @Field(() => DateOnly, { nullable: true, description: 'The day, Swedish time.' })
  day!: string;

  @Field(() => Agency, { nullable: true, description: 'The agency that read it.' })
  agency!: Agency;

  @Field(() => Int, {
    nullable: true,
    description: 'The number of times. Several rows of one request are one time.',
  })
  times!: number;

  @Field(() => [String], { nullable: true, description: 'The kinds of information, in plain words.' })
  information!: readonly string[];
}

/** An extract of the access log for the youth. */
@Directive(MAKERS)
@ObjectType('AccessReport', {
  description:
    'An extract of the access log for the youth (loggutdrag). It shows in plain words who read what about the youth, so that the youth or a guardian can judge whether each reading was justified. GET /access-report/<youth id> prints it.',
})
export class AccessReport {
  @Field(() => ID, { nullable: true, description: 'The youth.' })
  youthId!: string;

  @Field(() => Agency, { nullable: true, description: 'The agency that made the extract.' })
  madeBy!: Agency;

  @Field(() => DateTime, { nullable: true, description: 'From this instant on.' })
  from!: Date;

  @Field(() => DateTime, { nullable: true, description: 'Before this instant.' })
  to!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When the extract was made, by the database’s clock.' })
  madeAt!: Date;

  @Field(() => [String], {
    nullable: true,
    description: 'Notes for the reader, including what the extract covers. They are the same in every extract.',
  })
  notes!: readonly string[];

  @Field(() => Int, { nullable: true, description: 'The number of readings in the interval: the rows of all pages.' })
  readings!: number;

  @Field(() => [AccessReportKind], {
    nullable: true,
    description:
      'The readings by agency and kind of information: their number, the first and the last. It covers the whole interval, whichever page of rows you ask for.',
  })
  summary!: readonly AccessReportKind[];

  @Field(() => [AccessReportDay], {
    nullable: true,
    description: 'A line for each day and agency, the latest first. It covers the whole interval.',
  })
  days!: readonly AccessReportDay[];

  @Field(() => [AccessReportRow], { nullable: true, description: 'The readings of this page, latest first.' })
  rows!: readonly AccessReportRow[];

  @Field(() => String, {
    nullable: true,
    description: 'Send it as `after`, with the same from and to, to get the next rows. Null if there are no more rows.',
  })
  nextRows!: string | null;

  @Field(() => String, { nullable: true, description: 'A method to prove a reading.' })
  verification!: string;

  @Field(() => LogCheckpoint, {
    nullable: true,
    description: 'The log’s signed statement that covers every row with a leaf. Null before anything is sealed.',
  })
  checkpoint!: LogCheckpoint | null;
}
