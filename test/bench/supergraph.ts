import { readFileSync } from 'node:fs';
import { Kind, parse, print, visit } from 'graphql';
import { COMPOSED_DIRECTIVES, LABELS_SPEC } from '../../schema/directives.ts';

const SUPERGRAPH = new URL('../../schema/generated/supergraph.graphql', import.meta.url);

const LABELS: readonly string[] = COMPOSED_DIRECTIVES;

/** The hub's supergraph, with these ports in the places of the subgraphs' URLs, and without labels: nobody here consents. */
export function supergraphAt(ports: Readonly<Record<string, number>>): string {
  const unlabelled = visit(parse(readFileSync(SUPERGRAPH, 'utf8')), {
    DirectiveDefinition: ({ name }) => (LABELS.includes(`@${name.value}`) ? null : undefined),
    Directive: ({ name, arguments: given = [] }) => {
      const isLink = given.some(({ value }) => value.kind === Kind.STRING && value.value === LABELS_SPEC);
      return isLink || LABELS.includes(`@${name.value}`) ? null : undefined;
    },
  });
  return print(unlabelled).replace(
    /@join__graph\(name: "([\w-]+)", url: "[^"]*"\)/g,
    (_, name: string) => `@join__graph(name: "${name}", url: "http://127.0.0.1:${ports[name]}/graphql")`,
  );
}
