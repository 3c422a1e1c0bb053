import { GraphQLScalarType, Kind } from 'graphql';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { DateTime } from '../../../../chassis/input/scalars.ts';

/** A number of leaves, as text: trees outgrow GraphQL's 32 bits. */
export const TreeSize = new GraphQLScalarType<number, string>({
  name: 'TreeSize',
  description:
    'A number of leaves of the access log’s tree, or the position of one, from 0. It is a decimal string without leading zeros.',
  serialize: (value) => String(value),
  parseValue: (value) => sizeIn(value),
  parseLiteral: (node) => sizeIn(node.kind === Kind.STRING ? node.value : undefined),
});

function sizeIn(value: unknown): number {
  const size = typeof value === 'string' && /^(0|[1-9]\d{0,15})$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw new RangeError('A TreeSize is a decimal string, without zeros in front.');
  return size;
}

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

/** That an entry is in the log. */
@Directive('@restricted(roles: [AUDITOR, MANAGER])')
@ObjectType('InclusionProof', {
  description: 'A proof that an entry is in the access log’s tree (RFC 6962, section 2.1.1) and reads there as shown.',
})
export class LogInclusion {
  @Field(() => ID, { nullable: true, description: 'The entry.' })
  entryId!: string;

  @Field(() => TreeSize, { nullable: true, description: 'The position of the entry’s leaf, from 0.' })
  index!: number;

  @Field(() => String, {
    nullable: true,
    description:
      'The content of the leaf, in base64: the byte 1, then 1 if the entry permits and 0 if not, then the SHA-256 hash over salt and content.',
  })
  leaf!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The random salt of the entry, in base64. Null in your own entries.',
  })
  salt!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The sealed entry: a JSON text in the form of RFC 8785, without nulls. Null in your own entries, because the log does not show why you were denied.',
  })
  content!: string | null;

  @Field(() => [String], { nullable: true, description: 'The hashes of the proof, in base64.' })
  hashes!: readonly string[];

  @Field(() => LogCheckpoint, { nullable: true, description: 'The checkpoint of the tree that holds the entry.' })
  checkpoint!: LogCheckpoint;
}
