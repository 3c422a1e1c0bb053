import { Entity, Property, Unique } from '@mikro-orm/decorators/legacy';
import { IsOptional, IsUUID, MaxLength, MinLength } from 'class-validator';
import { Directive, Field, ID, InputType, ObjectType } from 'type-graphql';
import { DateOnly } from '../input/scalars.ts';
import { IsPastDate } from '../input/validators.ts';
import { capitalised } from '../names.ts';
import { AgencyRecord, RecordRow } from './record.ts';
import type { RecordKind } from './record-kind.ts';

@Entity({ tableName: 'report', abstract: true })
abstract class ReportRow extends RecordRow {
  @Property({ type: 'uuid', nullable: true })
  commitmentId: string | null = null;

  @Property({ type: 'date' })
  date!: string;

  @Property({ type: 'text' })
  text!: string;
}

/** A sector's reports to the group on its own commitments: the same shape in each sector, owned by each (C9). */
export function reportKind(sector: string): RecordKind {
  const name = `${capitalised(sector)}Report`;
  const category = `${sector}.report`;

  @Entity({ tableName: `${sector}_report` })
  @Unique({ properties: ['agency', 'sourceId'] })
  class SectorReportRow extends ReportRow {}

  @Directive(`@consent(category: "${category}")`)
  @ObjectType(name, {
    description: 'An agency’s report to the group on its own commitments (rapport om åtagande).',
  })
  class SectorReport extends AgencyRecord {
    @Field(() => ID, {
      nullable: true,
      description: 'The commitment (åtagande) in the action plan that the report is about.',
    })
    commitmentId!: string | null;

    @Field(() => DateOnly, { nullable: true, description: 'The day that the report is about.' })
    date!: string;

    @Field(() => String, {
      nullable: true,
      description:
        'The report. Free text: other agencies read it only once its author has marked it as cleared of other persons and, while the youth has protected identity, as naming no place.',
    })
    text!: string;
  }

  @InputType(`${name}Fields`)
  class ReportFields {
    @IsOptional()
    @IsUUID()
    @Field(() => ID, {
      nullable: true,
      description: 'The commitment in the action plan that the report is about (UUID).',
    })
    commitmentId?: string;

    @IsPastDate()
    @Field(() => DateOnly, { description: 'The day that the report is about, not in the future.' })
    date!: string;

    @MinLength(1)
    @MaxLength(4_000)
    @Field(() => String, { description: 'The report, 1 to 4,000 characters.' })
    text!: string;
  }

  return {
    name,
    category,
    what: 'a report to the group on the agency’s own commitments (rapport om åtagande)',
    whatSv: 'en rapport till gruppen om myndighetens egna åtaganden',
    type: SectorReport,
    row: SectorReportRow,
    input: ReportFields,
    youthField: {
      name: `${sector}Reports`,
      description: 'The agency’s reports to the group on its own commitments, latest first.',
    },
    period: { date: 'date' },
    freeText: ['text'],
  };
}
