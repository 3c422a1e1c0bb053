import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../../../../chassis/input/scalars.ts';
import { Agency } from '../../catalogue/agency.ts';
import { Disclosure } from '../read/access-log.ts';
import { LogCheckpoint, TreeSize } from '../seal/proofs.ts';

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

/** A reading of one kind of information, as a young person or a guardian is told of it. */
@Directive(MAKERS)
@ObjectType('AccessReportRow', {
  description:
    'A reading of one kind of information about the youth: an entry of the access log, as the youth is told of it. It names no person, and holds no content.',
})
export class AccessReportRow {
  @Field(() => ID, { nullable: true, description: 'The id of the entry: with it inclusionProof proves the reading.' })
  entryId!: string;

  @Field(() => TreeSize, {
    nullable: true,
    description:
      'The place of its leaf in the log’s tree, which counts the entries of all youths. Null when it is not sealed yet.',
  })
  leafIndex!: number | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was read.' })
  at!: Date;

  @Field(() => Agency, { nullable: true, description: 'Which agency read it.' })
  agency!: Agency;

  @Field(() => String, {
    nullable: true,
    description: 'In which role, in plain words; of a person for whom a computer system read it, that too.',
  })
  role!: string;

  @Field(() => String, { nullable: true, description: 'What kind of information it was, in plain words.' })
  information!: string;

  @Field(() => String, { nullable: true, description: 'The code of that kind.' })
  category!: string;

  @Field(() => Agency, { nullable: true, description: 'Whose information it was.' })
  source!: Agency;

  @Field(() => String, {
    nullable: true,
    description: 'What permitted it, in plain words: a consent, with version and programme, or that it was the own.',
  })
  basis!: string;

  @Field(() => Int, { nullable: true, description: 'The version of the consent; null for own information.' })
  consentVersion!: number | null;

  @Field(() => Disclosure, {
    nullable: true,
    description: 'What became of it: RELEASED or POSSIBLE. What was withheld is no row.',
  })
  disclosure!: Disclosure;

  @Field(() => String, { nullable: true, description: 'The same in plain words.' })
  shown!: string;
}

/** An extract of the access log for the youth. */
@Directive(MAKERS)
@ObjectType('AccessReport', {
  description:
    'An extract of the access log for the youth (loggutdrag): who has read what about the youth, in plain words, so that the youth or a guardian can judge whether it was justified. GET /access-report/<youth id> prints it.',
})
export class AccessReport {
  @Field(() => ID, { nullable: true, description: 'The youth.' })
  youthId!: string;

  @Field(() => Agency, { nullable: true, description: 'The agency that makes it.' })
  madeBy!: Agency;

  @Field(() => DateTime, { nullable: true, description: 'From this instant on.' })
  from!: Date;

  @Field(() => DateTime, { nullable: true, description: 'Before this instant.' })
  to!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was made, by the database’s clock.' })
  madeAt!: Date;

  @Field(() => [String], {
    nullable: true,
    description:
      'What the reader has to know of it, how much it covers among that. Whatever is in an extract and whatever is left out, the same sentences stand in it.',
  })
  notes!: readonly string[];

  @Field(() => [AccessReportRow], { nullable: true, description: 'The readings, latest first.' })
  rows!: readonly AccessReportRow[];

  @Field(() => String, { nullable: true, description: 'How a reading can be proven.' })
  verification!: string;

  @Field(() => LogCheckpoint, {
    nullable: true,
    description: 'The log’s signed statement that covers every row with a leaf; null before anything is sealed.',
  })
  checkpoint!: LogCheckpoint | null;
}
