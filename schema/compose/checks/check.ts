import type { SchemaDocument } from './schema-document.ts';

/** One breach of a rule. */
export interface Breach {
  /** The rule's name: the name of its file. */
  readonly rule: string;
  /** The subgraph at fault; null when only the joined schema shows it. */
  readonly subgraph: string | null;
  /** The schema coordinate, for example `Youth.attendance`, `Query.youth(id:)` or `@consent`. */
  readonly coordinate: string;
  /** The fault, and how to mend it. */
  readonly message: string;
}

/** A finding of a check; the composer adds rule and subgraph. */
export type Finding = Pick<Breach, 'coordinate' | 'message'>;

/** A rule for one schema: a subgraph's, and the supergraph too if `joined` is set. */
export interface SchemaCheck {
  readonly rule: string;
  readonly joined?: boolean;
  find(schema: SchemaDocument): Iterable<Finding>;
}

/** A rule for the result of composition. */
export interface CompositionCheck {
  readonly rule: string;
  find(
    subgraphs: readonly SchemaDocument[],
    supergraph: SchemaDocument,
  ): Iterable<Finding & { subgraph: string | null }>;
}
