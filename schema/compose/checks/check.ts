import type { SchemaDocument } from './schema-document.ts';

/** One breach of a rule. */
export interface Breach {
  /** The rule's name: the name of its file. */
  readonly rule: string;
  /** The subgraph at fault; null when only the joined schema shows it. */
  readonly subgraph: string | null;
  /** Schema coordinate, as `Youth.attendance`, `Query.youth(id:)` or `@consent`. */
  readonly coordinate: string;
  /** What is wrong, and what to do. */
  readonly message: string;
}

/** What a check finds; the composer adds rule and subgraph. */
export type Finding = Pick<Breach, 'coordinate' | 'message'>;

/** A rule that one schema can be held against: a subgraph's, and where `joined` is set the supergraph too. */
export interface SchemaCheck {
  readonly rule: string;
  readonly joined?: boolean;
  find(schema: SchemaDocument): Iterable<Finding>;
}

/** A rule about what composition made of the subgraphs. */
export interface CompositionCheck {
  readonly rule: string;
  find(
    subgraphs: readonly SchemaDocument[],
    supergraph: SchemaDocument,
  ): Iterable<Finding & { subgraph: string | null }>;
}
