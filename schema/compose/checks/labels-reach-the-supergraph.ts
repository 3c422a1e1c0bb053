import { print } from 'graphql';
import { COMPOSED_DIRECTIVES } from '../../directives.ts';
import type { CompositionCheck } from './check.ts';
import { elements, type SchemaDocument } from './schema-document.ts';

/**
 * The supergraph has every label of every subgraph at the same place with the same arguments, and no other label. Subgraphs that
 * share a place label it in the same way. Without an error, composers drop the labels of a subgraph that lacks @composeDirective,
 * and put two labels that disagree side by side.
 */
export const labelsReachTheSupergraph: CompositionCheck = {
  rule: 'labels-reach-the-supergraph',
  *find(subgraphs, supergraph) {
    const arrived = labels(supergraph);
    const sent = new Set<string>();
    for (const subgraph of subgraphs) {
      for (const { key, coordinate, label } of labels(subgraph)) {
        sent.add(key);
        if (arrived.some((each) => each.key === key)) continue;
        yield {
          subgraph: subgraph.name,
          coordinate,
          message: `loses ${label} in the supergraph. Put the block of federationHeader() in front of its SDL.`,
        };
      }
    }
    for (const { key, coordinate, label } of arrived) {
      if (sent.has(key)) continue;
      yield {
        subgraph: null,
        coordinate,
        message: `has ${label}, which no subgraph gave it. Report this as a fault of the composer.`,
      };
    }
    yield* disagreements(supergraph);
  },
};

function* disagreements(supergraph: SchemaDocument) {
  const single = supergraph.directiveDefinitions.filter(({ repeatable }) => !repeatable).map(({ name }) => name.value);
  for (const { coordinate, directives } of elements(supergraph)) {
    const names = directives.map(({ name }) => name.value).filter((name) => isLabel(name) && single.includes(name));
    for (const name of new Set(names.filter((each, index) => names.indexOf(each) < index))) {
      yield {
        subgraph: null,
        coordinate,
        message: `is labelled @${name} differently by its subgraphs. Give it the same label in each.`,
      };
    }
  }
}

function labels(schema: SchemaDocument): { key: string; coordinate: string; label: string }[] {
  return [...elements(schema)].flatMap(({ coordinate, directives }) =>
    directives
      .filter(({ name }) => isLabel(name.value))
      .map((directive) => ({ key: `${coordinate} ${print(directive)}`, coordinate, label: print(directive) })),
  );
}

function isLabel(name: string): boolean {
  return COMPOSED_DIRECTIVES.some((label) => label === `@${name}`);
}
