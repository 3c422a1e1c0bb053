import { COMPOSED_DIRECTIVES, LABELS_SPEC } from '../directives.ts';

/** The federation specification that every subgraph is written against. */
export const FEDERATION_SPEC = 'https://specs.apollo.dev/federation/v2.9';

/** The federation directives that a subgraph may use (C9). `@shareable` is allowed only on `Query.youth`. */
export const FEDERATION_IMPORTS = ['@key', '@shareable', '@tag', '@inaccessible', '@composeDirective'] as const;

/**
 * The first block of every subgraph's SDL. It links the specifications and asks the composer to carry every label into the
 * supergraph. The label definitions (LABEL_DIRECTIVES) and the enums Role and Relation follow it in the SDL.
 */
export function federationHeader(): string {
  return [
    'extend schema',
    `  @link(url: "${FEDERATION_SPEC}", import: ${JSON.stringify(FEDERATION_IMPORTS)})`,
    `  @link(url: "${LABELS_SPEC}", import: ${JSON.stringify(COMPOSED_DIRECTIVES)})`,
    ...COMPOSED_DIRECTIVES.map((name) => `  @composeDirective(name: "${name}")`),
    '',
  ].join('\n');
}
