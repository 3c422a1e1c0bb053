import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type pg from 'pg';
import type { Caller } from '../../schema/caller.ts';
import { statement } from '../statement.ts';

/** An agency assigns one of its youths to one of its staff: the agency's own ground for reading its own records (C3). */
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

  /** The subject of the member of staff's tokens. */
  @Property({ type: 'text' })
  subject!: string;

  @Property({ type: 'text' })
  assignedBy!: string;

  @Property({ type: 'timestamptz' })
  assignedAt: Date = new Date();

  @Property({ type: 'timestamptz', nullable: true })
  endedAt: Date | null = null;
}

const ASSIGNED = statement<{ readonly youths: readonly string[]; readonly agency: string; readonly subject: string }>(
  'assigned',
  `SELECT youth_id FROM agency.assignment
    WHERE youth_id = ANY (:youths::uuid[]) AND agency = :agency AND subject = :subject AND ended_at IS NULL`,
);

/** Which of these youths the caller's agency assigns to the caller. One statement; none for agencies of other sectors. */
export async function assignedAmong(
  { caller, sector }: { readonly caller: Caller; readonly sector: { readonly name: string; readonly pool: pg.Pool } },
  youths: readonly string[],
): Promise<ReadonlySet<string>> {
  if (youths.length === 0 || !caller.agency.startsWith(`${sector.name}:`)) return new Set();
  const { agency, subject } = caller;
  const { rows } = await sector.pool.query<{ youth_id: string }>(ASSIGNED({ youths, agency, subject }));
  return new Set(rows.map((row) => row.youth_id));
}
