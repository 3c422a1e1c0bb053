import { Entity, Enum, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Matches, Max, MaxLength, Min, MinLength } from 'class-validator';
import { Directive, Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Narrowing } from '../read.ts';
import { AgencyRecord, RecordRow } from '../record.ts';
import type { RecordKind } from '../record-kind.ts';
import { DateOnly } from '../scalars.ts';

/** How a commitment stands. */
export enum CommitmentStatus {
  PLANNED = 'PLANNED',
  DONE = 'DONE',
  LATE = 'LATE',
  DROPPED = 'DROPPED',
}

registerEnumType(CommitmentStatus, {
  name: 'CommitmentStatus',
  description: 'How a commitment stands.',
  valuesConfig: {
    PLANNED: { description: 'To be done (planerat).' },
    DONE: { description: 'Done (utfört).' },
    LATE: { description: 'Not done in time, and still to be done (försenat).' },
    DROPPED: { description: 'Not to be done any more (utgår).' },
  },
});

@Entity({ tableName: 'commitment' })
@Unique({ properties: ['agency', 'sourceId'] })
class CommitmentRow extends RecordRow {
  @Property({ type: 'text' })
  committedAgency!: string;

  @Property({ type: 'text' })
  what!: string;

  @Property({ type: 'text' })
  who!: string;

  @Property({ type: 'date' })
  due!: string;

  @Enum({ items: () => CommitmentStatus, nativeEnumName: 'commitment_status' })
  status!: CommitmentStatus;

  @Property({ type: 'integer', nullable: true })
  goal: number | null = null;
}

/** What an agency has promised in the plan. `agency` says whose record it is, `committedAgency` who promised. */
@Directive('@consent(category: "social-services.plan")')
@ObjectType('Commitment', { description: 'What an agency has promised to do (åtagande).' })
export class Commitment extends AgencyRecord {
  @Field(() => String, { nullable: true, description: 'The agency that has promised it, as school:skovde.' })
  committedAgency!: string;

  @Field(() => String, {
    nullable: true,
    description: 'What is to be done; free text, which crosses only when cleared of other persons (C10).',
  })
  what!: string;

  @Field(() => String, { nullable: true, description: 'The role or unit of that agency that does it.' })
  who!: string;

  @Field(() => DateOnly, { nullable: true, description: 'The last day to do it.' })
  due!: string;

  @Field(() => CommitmentStatus, { nullable: true, description: 'How it stands.' })
  status!: CommitmentStatus;

  @Field(() => Int, { nullable: true, description: 'The number of the goal that it serves; null when of none alone.' })
  goal!: number | null;
}

@InputType('CommitmentFields')
class CommitmentFields {
  @MaxLength(100)
  @Matches(/^[a-z][a-z-]*:[a-z][a-z-]*$/, { message: 'committedAgency is the code of an agency, as school:skovde' })
  @Field(() => String, { description: 'The agency that has promised it, as school:skovde.' })
  committedAgency!: string;

  @MinLength(1)
  @MaxLength(2_000)
  @Field(() => String, { description: 'What is to be done, 1 to 2,000 characters; names no other person.' })
  what!: string;

  @MinLength(1)
  @MaxLength(200)
  @Field(() => String, { description: 'The role or unit of that agency that does it, 1 to 200 characters; no name.' })
  who!: string;

  @Field(() => DateOnly, { description: 'The last day to do it.' })
  due!: string;

  @Field(() => CommitmentStatus, { description: 'How it stands.' })
  status!: CommitmentStatus;

  @Min(1)
  @Max(99)
  @Field(() => Int, { nullable: true, description: 'The number of the goal in the plan that it serves.' })
  goal?: number | null;
}

/** Commitments (åtaganden), read through the action plan. */
export const commitment: RecordKind = {
  name: 'Commitment',
  category: 'social-services.plan',
  what: 'what an agency has promised in the action plan (åtagande)',
  type: Commitment,
  row: CommitmentRow,
  input: CommitmentFields,
  latestBy: 'due',
  freeText: ['what'],
};

/** Only the commitments that are past their day in Sweden and neither done nor dropped, or only the others. */
export function isOverdue(wanted: boolean): Narrowing {
  const overdue = `(r.due < (now() AT TIME ZONE 'Europe/Stockholm')::date AND r.status IN ('PLANNED', 'LATE'))`;
  return { sql: ` AND ${wanted ? '' : 'NOT '}${overdue}`, parameters: [] };
}
