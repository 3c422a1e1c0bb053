import { type DocumentNode, type FieldNode, print, visit } from 'graphql';
import { responseKey } from './selections.ts';
import type { Types } from './types.ts';

/** The aliases that the planner gets in place of the client's, for the fields that need another. */
export type SafeAliases = ReadonlyMap<FieldNode, string>;

/**
 * Other aliases for two kinds of fields. Some of the client's aliases could be mistaken on the way: for a field that the
 * planner fetches for itself (a key), for a name that it makes up (all start with `_`), or for a name that every object
 * inherits (`__proto__`). And under one name a document may ask for different things of different types: the planner joins
 * what it asks one subgraph, and ends where these conflict.
 */
export function safeAliases(document: DocumentNode, types: Types): SafeAliases {
  const aliases = new Map<FieldNode, string>();
  let next = 0;
  for (const [key, asked] of fieldsByKey(document)) {
    for (const [what, nodes] of asked) {
      if (what === key || (asked.size === 1 && !isMistakable(key, nodes, types))) continue;
      const alias = `_client_${next++}`;
      for (const node of nodes) aliases.set(node, alias);
    }
  }
  return aliases;
}

type FieldsByKey = ReadonlyMap<string, ReadonlyMap<string, readonly FieldNode[]>>;

/** The fields of a document by response key, and then by what they ask for: name and arguments. */
function fieldsByKey(document: DocumentNode): FieldsByKey {
  const fields = new Map<string, Map<string, FieldNode[]>>();
  visit(document, {
    Field(node) {
      const key = responseKey(node);
      const what = `${node.name.value}${node.arguments?.map(print).sort().join(', ') ?? ''}`;
      const asked = fields.get(key) ?? new Map<string, FieldNode[]>();
      const nodes = asked.get(what) ?? [];
      nodes.push(node);
      asked.set(what, nodes);
      fields.set(key, asked);
    },
  });
  return fields;
}

function isMistakable(key: string, nodes: readonly FieldNode[], types: Types): boolean {
  if (nodes.every(({ name }) => name.value === key)) return false;
  return key.startsWith('_') || key in Object.prototype || types.hasFieldNamed(key);
}
