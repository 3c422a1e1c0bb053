import { Directive, Field, ObjectType } from 'type-graphql';
import type { ClassReference } from '../../../chassis/names.ts';
import type { Connection, PagePosition } from '../../../chassis/page.ts';
import { HubError } from '../../../schema/errors.ts';

/** The position of a page in its list (Relay). */
@Directive('@open(reason: "Positions in a list. They reveal nothing of its content.")')
@ObjectType('PageInfo', { description: 'The position of a page in its list (Relay).' })
export class PageInfo implements PagePosition {
  @Field(() => Boolean, { description: 'True if there are more entries after this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Always false: lists are read forwards only.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'The cursor of the first entry of the page.' })
  startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor of the last entry of the page. Send it as `after` to read on.',
  })
  endCursor!: string | null;
}

/** The connection type of a list. `label` is the directive on the list's edges. */
export function connectionType<Node extends object>(
  name: string,
  node: () => ClassReference,
  label: string,
): new () => Connection<Node> {
  @Directive(label)
  @ObjectType(`${name}Edge`, { description: 'An entry of the list, with its position.' })
  class Edge {
    @Field(() => String, { nullable: true, description: 'The position of the entry in the list.' })
    cursor!: string;

    @Field(() => node(), { nullable: true, description: 'The entry.' })
    node!: Node;
  }

  @Directive(label)
  @ObjectType(`${name}Connection`, { description: 'A page of a list (Relay).' })
  class TypedConnection implements Connection<Node> {
    @Field(() => [Edge], { nullable: true, description: 'The entries of the page.' })
    edges!: Edge[];

    @Field(() => PageInfo, { nullable: true, description: 'The position of the page in the list.' })
    pageInfo!: PageInfo;
  }
  return TypedConnection;
}

/** A place in a list that is ordered by instant and then id, the latest first. */
export interface Moment {
  /** Microseconds since 1970, in decimal. PostgreSQL counts them, and a Date does not. */
  readonly micros: string;
  readonly id: string;
}

/** The cursor of a place. */
export function cursorAt({ micros, id }: Moment): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(micros));
  return Buffer.concat([bytes, Buffer.from(id.replaceAll('-', ''), 'hex')]).toString('base64url');
}

/** The instants that a DateTime can be, in microseconds since 1970: PostgreSQL cannot add up all that a cursor can say. */
const EARLIEST = BigInt(Date.parse('0001-01-01T00:00:00Z')) * 1_000n;
const END = (BigInt(Date.parse('9999-12-31T23:59:59.999Z')) + 1n) * 1_000n;

/** The place that a cursor stands for; null at the start; BAD_USER_INPUT if it is not a cursor. */
export function momentAfter(after: string | null): Moment | null {
  if (after === null) return null;
  const bytes = Buffer.from(after, 'base64url');
  if (bytes.length === 24) {
    const micros = bytes.readBigInt64BE();
    if (micros >= EARLIEST && micros < END) return { micros: micros.toString(), id: bytes.subarray(8).toString('hex') };
  }
  throw new HubError('BAD_USER_INPUT', 'after must be an endCursor of an earlier page. Send one, or leave it out.', {
    field: 'after',
  });
}
