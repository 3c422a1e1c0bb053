import { Kind } from 'graphql';
import { LABELS_SPEC } from '../../directives.ts';
import { FEDERATION_SPEC } from '../federation-header.ts';
import type { SchemaCheck } from './check.ts';
import { stringArgument } from './schema-document.ts';

/**
 * A subgraph links only federation and the labels, and renames nothing: the rules would not recognise a directive under another
 * name.
 */
export const linksArePlain: SchemaCheck = {
  rule: 'links-are-plain',
  *find(schema) {
    for (const link of schema.schemaDirectives.filter(({ name }) => name.value === 'link')) {
      const url = stringArgument(link, 'url') ?? '';
      if (url !== FEDERATION_SPEC && url !== LABELS_SPEC) {
        yield { coordinate: 'schema', message: `links "${url}". Use the block of federationHeader() alone.` };
      }
      const renames = (link.arguments ?? []).some(
        ({ name, value }) =>
          name.value === 'as' ||
          (value.kind === Kind.LIST && value.values.some((imported) => imported.kind !== Kind.STRING)),
      );
      if (renames) {
        yield { coordinate: 'schema', message: `renames imports from "${url}". Import every name as it is.` };
      }
    }
  },
};
