import { DirectiveLocation } from 'graphql';
import type { SchemaCheck } from '../check.ts';

/** The places where a client can write a directive. */
const EXECUTABLE: readonly string[] = [
  DirectiveLocation.QUERY,
  DirectiveLocation.MUTATION,
  DirectiveLocation.SUBSCRIPTION,
  DirectiveLocation.FIELD,
  DirectiveLocation.FRAGMENT_DEFINITION,
  DirectiveLocation.FRAGMENT_SPREAD,
  DirectiveLocation.INLINE_FRAGMENT,
  DirectiveLocation.VARIABLE_DEFINITION,
];

/** No directive is for operations: beside skip and include, one could change what is answered after it was decided. */
export const directivesAreForSchemas: SchemaCheck = {
  rule: 'directives-are-for-schemas',
  joined: true,
  *find({ directiveDefinitions }) {
    for (const { name, locations } of directiveDefinitions) {
      if (!locations.some(({ value }) => EXECUTABLE.includes(value))) continue;
      yield {
        coordinate: `@${name.value}`,
        message: 'can stand in an operation. Remove it, or its executable places.',
      };
    }
  },
};
