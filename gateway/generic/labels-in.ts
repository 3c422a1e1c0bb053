import { type DocumentNode, visit } from 'graphql';
import { LABELS_SPEC } from '../../schema/directives.ts';
import { stringArgument } from '../engine/prepare/supergraph.ts';

/** The labels that withhold; others use the words @open and @category too. */
const LABELS = ['consent', 'restricted', 'fenced'];

/** The specification without its version: the labels of any version are the hub's. */
const SPEC = LABELS_SPEC.slice(0, LABELS_SPEC.lastIndexOf('/') + 1);

/**
 * The hub's labels that a document defines, applies or links under any prefix, by name and sorted; the specification
 * alone counts as `@link`. Empty for a supergraph that is not the hub's.
 */
export function labelsIn(document: DocumentNode): string[] {
  const found = new Set<string>();
  const note = (name: string) => {
    const label = LABELS.find((known) => name === known || name.endsWith(`__${known}`));
    if (label !== undefined) found.add(`@${label}`);
  };
  visit(document, {
    DirectiveDefinition: ({ name }) => note(name.value),
    Directive: (node) => {
      note(node.name.value);
      if (stringArgument(node, 'url')?.startsWith(SPEC)) found.add('@link');
    },
  });
  return [...found].sort();
}
