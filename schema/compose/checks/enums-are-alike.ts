import { Kind } from 'graphql';
import { ROLES } from '../../caller.ts';
import type { CompositionCheck } from './check.ts';

/**
 * An enum that several subgraphs define has the same values in each, and Role has exactly the roles of the contract. The
 * composer would join different ones, and a label could then name a value that its own subgraph does not know.
 */
export const enumsAreAlike: CompositionCheck = {
  rule: 'enums-are-alike',
  *find(subgraphs, supergraph) {
    for (const joined of supergraph.types.values()) {
      if (joined.kind !== Kind.ENUM_TYPE_DEFINITION) continue;
      const expected = joined.name === 'Role' ? ROLES : joined.values;
      for (const subgraph of subgraphs) {
        const own = subgraph.types.get(joined.name);
        if (own === undefined || sameValues(own.values, expected)) continue;
        yield {
          subgraph: subgraph.name,
          coordinate: joined.name,
          message: `has other values than the joined schema or the contract: expected ${[...expected].sort().join(', ')}.`,
        };
      }
    }
  },
};

function sameValues(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value) => b.includes(value));
}
