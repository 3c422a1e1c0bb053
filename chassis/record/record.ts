import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { DateTime } from '../input/scalars.ts';

/** The columns of every stored record: its origin, its author and time, and whether it is held back. */
@Entity({ abstract: true })
export abstract class RecordRow {
  [OptionalProps]?:
    | 'id'
    | 'recordedAt'
    | 'changedAt'
    | 'held'
    | 'textCleared'
    | 'namesNoPlace'
    | 'writtenBySystem'
    | 'markedAt'
    | 'sourceId'
    | 'withdrawnAt'
    | 'withdrawnBy'
    | 'version';

  @PrimaryKey({ type: 'uuid' })
  id: string = randomUUID();

  /** The link that it hangs on: nobody can read a record without a live link. */
  @Property({ type: 'uuid', index: true })
  linkId!: string;

  /** The agency of origin, copied from the link so that no query can lose it. */
  @Property({ type: 'text' })
  agency!: string;

  /** The subject of the member of staff or system that wrote it. */
  @Property({ type: 'text' })
  author!: string;

  @Property({ type: 'timestamptz' })
  recordedAt: Date = new Date();

  @Property({ type: 'timestamptz', nullable: true })
  changedAt: Date | null = null;

  /** True if it is held back from crossing a line (C17). */
  @Property({ type: 'boolean', default: false })
  held = false;

  /** True if the author marked the free text as cleared of other persons (C10). */
  @Property({ type: 'boolean', default: false })
  textCleared = false;

  /**
   * The youth's protection, as the registry names it, under which the author marked that the texts name no place (C16). Another
   * protection, recorded later, does not know the mark. Null is no mark.
   */
  @Property({ type: 'uuid', nullable: true })
  namesNoPlace: string | null = null;

  /** True if a system wrote the texts. It marks nothing: whoever of the staff marks them becomes their author. */
  @Property({ type: 'boolean', default: false })
  writtenBySystem = false;

  /** The last change of `held` or of a mark. While it takes effect, none of these is shown. */
  @Property({ type: 'timestamptz', nullable: true })
  markedAt: Date | null = null;

  /** The feeding system's own id, for upserts; unique in the agency. */
  @Property({ type: 'text', nullable: true })
  sourceId: string | null = null;

  /** The time of withdrawal, for a record made by mistake: it is kept, and read by nobody. */
  @Property({ type: 'timestamptz', nullable: true })
  withdrawnAt: Date | null = null;

  /** The subject who withdrew it, or the author of the import whose file no longer had it. */
  @Property({ type: 'text', nullable: true })
  withdrawnBy: string | null = null;

  @Property({ type: 'integer', version: true, default: 1 })
  version!: number;
}

/** The fields of every record, under the record's own category. */
@ObjectType()
export abstract class AgencyRecord {
  readonly youthId!: string;

  @Field(() => ID, { nullable: true, description: 'The id of the record (UUID).' })
  id!: string;

  @Directive('@words(reason: "The code of an agency, from the link.")')
  @Field(() => String, {
    nullable: true,
    description: 'The agency in which the record originated, for example school:skovde.',
  })
  agency!: string;

  @Directive('@words(reason: "The subject of a token.")')
  @Field(() => String, {
    nullable: true,
    description: 'The author: the subject of a staff member or a system of that agency.',
  })
  author!: string;

  @Directive('@words(reason: "A system’s own key of the record, which only the own agency sees.")')
  @Field(() => String, {
    nullable: true,
    description: 'The feeding system’s own id of the record. Null if no system feeds it. Only its own agency sees it.',
  })
  sourceId!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was recorded.' })
  recordedAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was last corrected. Null if it never was.' })
  changedAt!: Date | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'True if the record is held back: then only its own agency reads it. Null while a change takes effect.',
  })
  held!: boolean;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'True if the author has marked the free text as cleared of other persons. Only then does the text cross. Null while a change takes effect.',
  })
  textCleared!: boolean;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'True if the author has marked that the texts and names in it name no place (namnger ingen plats). While the youth has protected identity they cross only with this mark, and only if it was given after the protection was recorded. Only its own agency sees it. Null while a change takes effect.',
  })
  namesNoPlace!: boolean;

  @Field(() => Int, {
    nullable: true,
    description: 'The number of changes. Send it with a correction to detect changes in between.',
  })
  version!: number;
}
