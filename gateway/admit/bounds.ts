import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  Lexer,
  type OperationTypeNode,
  parse,
  type SelectionSetNode,
  Source,
  TokenKind,
  visit,
} from 'graphql';
import { HubError } from '../../schema/errors.ts';

/**
 * The bounds of one operation document. They are tested before validation and planning, both of which cost more than
 * linearly.
 */
export const BOUNDS = {
  /** Bytes of the request's body. */
  bodyBytes: 100_000,
  /** Words, names and punctuation of the document. */
  tokens: 4_000,
  /** Levels of nested fields; the usual introspection operation has 15. */
  depth: 16,
  /**
   * Brackets of any kind within each other, and selection sets with each fragment expanded. The planner reads at most 48
   * of them.
   */
  nesting: 40,
  aliases: 100,
  rootFields: 20,
  directives: 50,
  fragments: 100,
  /** Times that one response name may occur in one selection set; validation compares each with each. */
  repeats: 20,
  /** Fields and fragments of an operation once every fragment is expanded. */
  selections: 2_000,
} as const;

/** The facts about an operation of a document that the hub needs before planning. */
export interface BoundedOperation {
  readonly name: string | null;
  readonly type: OperationTypeNode;
  /** True if its root field is marked `@fenced`. */
  readonly fenced: boolean;
}

/** A document that is within all bounds. */
export interface BoundedDocument {
  readonly operations: readonly BoundedOperation[];
}

/**
 * The operations of a document that is within all bounds, or null if it is not GraphQL at all. Throws LIMIT_EXCEEDED,
 * which names the bound that is exceeded.
 *
 * @param fenced names of the mutation fields that are marked `@fenced`.
 */
export function boundDocument(text: string, fenced: ReadonlySet<string>): BoundedDocument | null {
  const document = parsed(text);
  if (document === null) return null;
  boundWritten(document);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const expansion = new Expansion(fragments);
  let selections = 0;
  const operations: BoundedOperation[] = [];
  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    const { depth, nesting, fields, size } = expansion.of(node.selectionSet);
    selections += size;
    within('depth', depth, 'levels of fields');
    within('nesting', nesting, LEVELS);
    within('selections', selections, 'selections, with each fragment counted wherever it is used');
    within('rootFields', fields, 'root fields');
    const isFenced = node.operation === 'mutation' && hasRoot(node.selectionSet, fragments, fenced, new Set());
    if (isFenced) aloneAtRoot(fields);
    operations.push({ name: node.name?.value ?? null, type: node.operation, fenced: isFenced });
  }
  return { operations };
}

function parsed(text: string): DocumentNode | null {
  try {
    boundTokens(text);
    return parse(text, { noLocation: true });
  } catch (fault) {
    if (fault instanceof GraphQLError && !(fault instanceof HubError)) return null;
    throw fault;
  }
}

const OPENING: readonly TokenKind[] = [TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L];
const CLOSING: readonly TokenKind[] = [TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R];
const LEVELS = 'levels of brackets, selections and fragments within each other';

/** Counts tokens and nested brackets before anything reads the text by recursion. */
function boundTokens(text: string): void {
  const lexer = new Lexer(new Source(text));
  let open = 0;
  for (let count = 0; lexer.advance().kind !== TokenKind.EOF; ) {
    within('tokens', ++count, 'tokens');
    const { kind } = lexer.token;
    if (OPENING.includes(kind)) within('nesting', ++open, LEVELS);
    else if (CLOSING.includes(kind)) open -= 1;
  }
}

function boundWritten(document: DocumentNode): void {
  let [aliases, directives, fragments] = [0, 0, 0];
  visit(document, {
    OperationDefinition: ({ selectionSet }) => boundRepeats(selectionSet, new Map()),
    FragmentDefinition: ({ selectionSet }) => {
      within('fragments', ++fragments, 'fragments');
      boundRepeats(selectionSet, new Map());
    },
    Field: ({ alias, selectionSet }) => {
      if (alias !== undefined) within('aliases', ++aliases, 'aliases');
      if (selectionSet !== undefined) boundRepeats(selectionSet, new Map());
    },
    Directive: () => within('directives', ++directives, 'directives'),
  });
}

function boundRepeats({ selections }: SelectionSetNode, counts: Map<string, number>): void {
  for (const node of selections) {
    if (node.kind === Kind.INLINE_FRAGMENT) boundRepeats(node.selectionSet, counts);
    if (node.kind !== Kind.FIELD) continue;
    const name = (node.alias ?? node.name).value;
    const count = (counts.get(name) ?? 0) + 1;
    within('repeats', count, 'fields of the same name in one selection set');
    counts.set(name, count);
  }
}

function within(bound: keyof typeof BOUNDS, count: number, of: string): void {
  if (count <= BOUNDS[bound]) return;
  throw new HubError(
    'LIMIT_EXCEEDED',
    `An operation may have at most ${BOUNDS[bound].toLocaleString('en')} ${of}. Select less, or split it into several operations.`,
  );
}

interface Extent {
  readonly depth: number;
  /** Selection sets within each other, those of fragments included. */
  readonly nesting: number;
  /** Fields at the top of the selection set, through fragments. */
  readonly fields: number;
  readonly size: number;
}

const NOTHING: Extent = { depth: 0, nesting: 0, fields: 0, size: 0 };

/** Computes the size of selection sets with their fragments expanded; each fragment is counted once. */
class Expansion {
  readonly #known = new Map<string, Extent>();

  constructor(readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>) {}

  of(set: SelectionSetNode): Extent {
    let [depth, nesting, fields, size] = [0, 0, 0, 0];
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) {
        const below = node.selectionSet === undefined ? NOTHING : this.of(node.selectionSet);
        depth = Math.max(depth, below.depth + 1);
        nesting = Math.max(nesting, below.nesting);
        fields += 1;
        size = saturated(size + 1 + below.size);
      } else {
        const within =
          node.kind === Kind.INLINE_FRAGMENT ? this.of(node.selectionSet) : this.#fragment(node.name.value);
        depth = Math.max(depth, within.depth);
        nesting = Math.max(nesting, within.nesting);
        fields = saturated(fields + within.fields);
        size = saturated(size + 1 + within.size);
      }
    }
    return { depth, nesting: nesting + 1, fields, size };
  }

  #fragment(name: string): Extent {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    // Zero until it is counted: validation rejects a fragment within itself.
    this.#known.set(name, NOTHING);
    const fragment = this.fragments.get(name);
    const extent = fragment === undefined ? NOTHING : this.of(fragment.selectionSet);
    this.#known.set(name, extent);
    return extent;
  }
}

/** Caps a sum, because sums of doubled fragments exceed what a number holds exactly. */
function saturated(count: number): number {
  return Math.min(count, 1_000_000);
}

/**
 * Demands that a fenced mutation is alone: beside another root field the answer would carry more than the constant that
 * the longer limit is for.
 */
function aloneAtRoot(fields: number): void {
  if (fields === 1) return;
  throw new HubError(
    'LIMIT_EXCEEDED',
    'A mutation that can end a permission must be the only root field of its operation. Send the other fields in an operation of their own.',
  );
}

function hasRoot(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  names: ReadonlySet<string>,
  entered: Set<string>,
): boolean {
  return set.selections.some((node) => {
    if (node.kind === Kind.FIELD) return names.has(node.name.value);
    if (node.kind === Kind.INLINE_FRAGMENT) return hasRoot(node.selectionSet, fragments, names, entered);
    const fragment = fragments.get(node.name.value);
    if (fragment === undefined || entered.has(node.name.value)) return false;
    entered.add(node.name.value);
    return hasRoot(fragment.selectionSet, fragments, names, entered);
  });
}

/** The mutation fields that are marked `@fenced` in a schema. */
export function fencedFieldsOf(schema: GraphQLSchema): ReadonlySet<string> {
  const fields = Object.values(schema.getMutationType()?.getFields() ?? {});
  const marked = fields.filter(({ astNode }) =>
    astNode?.directives?.some(({ name }) => name.value === 'fenced' || name.value.endsWith('__fenced')),
  );
  return new Set(marked.map(({ name }) => name));
}
