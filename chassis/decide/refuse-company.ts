import { type GraphQLSchema, Kind, type OperationDefinitionNode } from 'graphql';
import { HubError } from '../../schema/errors.ts';
import type { HubContext } from './context.ts';
import { isFenced } from './fence.ts';

/**
 * Refuses a `@fenced` mutation that is not the only root field of its operation: the other fields' answers would wait, or leave,
 * with it (C14). Throws BAD_REQUEST.
 */
export function refuseCompany(
  _request: HubContext,
  { schema, operation }: { readonly schema: GraphQLSchema; readonly operation: OperationDefinitionNode },
): void {
  const fields = schema.getMutationType()?.getFields() ?? {};
  const asked = operation.operation === 'mutation' ? operation.selectionSet.selections : [];
  const isAlone = asked.length === 1 && asked[0]?.kind === Kind.FIELD;
  if (isAlone || asked.length === 0 || !Object.values(fields).some(isFenced)) return;
  const isHarmless = asked.every((node) => {
    const field = node.kind === Kind.FIELD ? fields[node.name.value] : undefined;
    return field !== undefined && !isFenced(field);
  });
  if (!isHarmless) {
    throw new HubError(
      'BAD_REQUEST',
      'A mutation that can end a permission must be the only field of its operation. Send it alone, without fragments.',
    );
  }
}
