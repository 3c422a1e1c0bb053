import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** An agency's assignment of one of its youths to one of its staff: the agency's own ground for reading its own records (C3). */
@Entity({ tableName: 'assignment' })
@Index({
  name: 'assignment_one_live',
  expression:
    'create unique index assignment_one_live on agency.assignment (youth_id, agency, subject) where ended_at is null',
})
export class Assignment {
  [OptionalProps]?: 'id' | 'assignedAt' | 'endedAt';

  @PrimaryKey({ type: 'uuid' })
  id: string = randomUUID();

  @Property({ type: 'uuid' })
  youthId!: string;

  @Property({ type: 'text' })
  agency!: string;

  /** The subject in the tokens of the member of staff. */
  @Property({ type: 'text' })
  subject!: string;

  @Property({ type: 'text' })
  assignedBy!: string;

  @Property({ type: 'timestamptz' })
  assignedAt: Date = new Date();

  @Property({ type: 'timestamptz', nullable: true })
  endedAt: Date | null = null;
}
