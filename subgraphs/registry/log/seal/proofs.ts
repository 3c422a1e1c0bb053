import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { DateTime, TreeSize } from '../../../../chassis/input/scalars.ts';

/** The log's signed statement of its tree. */
@Directive('@open(reason: "A hash over hashes, and signatures. Nothing of it is personal.")')
@ObjectType('Checkpoint', {
  description:
    'The access log’s signed statement of its tree (kontrollpunkt), in the form of C2SP tlog-checkpoint. Nobody can change or remove what is in the tree unnoticed.',
})
export class LogCheckpoint {
  @Field(() => String, { description: 'The log’s name.' })
  origin!: string;

  @Field(() => TreeSize, { description: 'The number of sealed entries.' })
  size!: number;

  @Field(() => String, { description: 'The root of the tree (RFC 6962), in base64.' })
  root!: string;

  @Field(() => String, {
    description:
      'The signed note, with the cosignatures of the witnesses so far. Keep it: it proves what the log held.',
  })
  note!: string;

  @Field(() => DateTime, { description: 'When it was signed, by the database’s clock.' })
  sealedAt!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When a quorum of witnesses had cosigned it. From then on nobody can rewrite it unnoticed, not even the holder of the log’s key. Null before that, and if the log has no witnesses.',
  })
  witnessedAt!: Date | null;
}

/** That the log has only grown. */
@Directive('@open(reason: "Hashes over hashes. Nothing of it is personal.")')
@ObjectType('ConsistencyProof', {
  description: 'A proof that a tree begins with all entries of an earlier one (RFC 6962, section 2.1.2).',
})
export class LogConsistency {
  @Field(() => TreeSize, { description: 'The size of the earlier tree.' })
  from!: number;

  @Field(() => TreeSize, { description: 'The size of the later tree.' })
  to!: number;

  @Field(() => [String], { description: 'The hashes of the proof, in base64.' })
  hashes!: readonly string[];
}

/** That the call of an entry is in the log. */
@Directive('@restricted(roles: [AUDITOR, MANAGER])')
@ObjectType('InclusionProof', {
  description:
    'A proof that the call that an entry belongs to is in the access log’s tree (RFC 6962, section 2.1.1), and that the entry’s part of the call reads there as shown. A part is one youth under one group, or neither.',
})
export class LogInclusion {
  @Field(() => ID, { nullable: true, description: 'The entry.' })
  entryId!: string;

  @Field(() => TreeSize, { nullable: true, description: 'The position of the call’s leaf, from 0.' })
  index!: number;

  @Field(() => String, {
    nullable: true,
    description:
      'The content of the leaf, in base64: the byte 2; the SHA-256 hash over headerSalt and header; the number of parts in 4 bytes, the highest first; and for each part the SHA-256 hash over its salt, its number in 4 bytes, and its content.',
  })
  leaf!: string;

  @Field(() => Int, { nullable: true, description: 'The number of the entry’s part in the call, from 1.' })
  part!: number;

  @Field(() => String, {
    nullable: true,
    description:
      'The random salt of the part, in base64. Null in your own entries, and where the part also tells of what you may not read.',
  })
  salt!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The sealed part: a JSON text in the form of RFC 8785, without nulls. Null in your own entries, because the log does not show why you were denied, and where the part also tells of what you may not read.',
  })
  content!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The random salt of the header, in base64. Null where the header is.',
  })
  headerSalt!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The sealed header, which says who asked, when, and for what: a JSON text in the same form. Null in your own entries, and where the call also tells of what you may not read.',
  })
  header!: string | null;

  @Field(() => [String], { nullable: true, description: 'The hashes of the proof, in base64.' })
  hashes!: readonly string[];

  @Field(() => LogCheckpoint, { nullable: true, description: 'The checkpoint of the tree that holds the leaf.' })
  checkpoint!: LogCheckpoint;
}
