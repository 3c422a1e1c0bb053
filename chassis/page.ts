import { HubError } from '../schema/errors.ts';

/** Entries of a page, at most. */
const MAX_PAGE = 200;

/** The position of a page in its list (Relay). */
export interface PagePosition {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

/** One page of a list. */
export interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: PagePosition;
}

/** The number of rows to ask for, one more than the page; BAD_USER_INPUT if `first` is not from 1 to 200. */
export function rowsFor(first: number): number {
  if (Number.isInteger(first) && first >= 1 && first <= MAX_PAGE) return first + 1;
  throw new HubError(
    'BAD_USER_INPUT',
    `first must be a whole number from 1 to ${MAX_PAGE}. Read further pages with after.`,
    {
      field: 'first',
    },
  );
}

/** The id that a cursor stands for; null at the start; BAD_USER_INPUT if it is not a cursor. */
export function idAfter(after: string | null): string | null {
  if (after === null) return null;
  const hex = Buffer.from(after, 'base64url').toString('hex');
  if (hex.length === 32) return hex;
  throw new HubError('BAD_USER_INPUT', 'after must be an endCursor of an earlier page. Send one, or leave it out.', {
    field: 'after',
  });
}

/** The page of `first` entries from ordered rows. One more row shows that there is a next page, unless the caller states it. */
export function pageOf<Node extends { readonly id: string }>(
  rows: readonly Node[],
  first: number,
  hasNextPage: boolean = rows.length > first,
  cursorOf: (node: Node) => string = ({ id }) => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url'),
): Connection<Node> {
  const edges = rows.slice(0, first).map((node) => ({ node, cursor: cursorOf(node) }));
  return {
    edges,
    pageInfo: {
      hasNextPage,
      hasPreviousPage: false,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
