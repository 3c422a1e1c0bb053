import { type DirectiveNode, type DocumentNode, Kind } from 'graphql';

/** The subgraphs that a supergraph is composed of: URL by name, from its join__graph directives. */
export function subgraphsOf(supergraph: DocumentNode): ReadonlyMap<string, string> {
  const graphs = supergraph.definitions.flatMap((definition) =>
    definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === 'join__Graph'
      ? (definition.values ?? [])
      : [],
  );
  const subgraphs = graphs.flatMap(({ directives }) => {
    const graph = directives?.find(({ name }) => name.value === 'join__graph');
    const name = stringArgument(graph, 'name');
    return name === undefined ? [] : [[name, stringArgument(graph, 'url') ?? ''] as const];
  });
  return new Map(subgraphs);
}

/** The value of a directive's string argument. */
export function stringArgument(directive: DirectiveNode | undefined, name: string): string | undefined {
  const value = directive?.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}
