import { type ASTVisitor, GraphQLError, OperationTypeNode, type ValidationContext } from 'graphql';

/** Subscriptions are not served: a document with one is refused whole, whatever the schema says. */
export function NoSubscriptions(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (node.operation !== OperationTypeNode.SUBSCRIPTION) return;
      context.reportError(
        new GraphQLError('Subscriptions are not served. Send a query, and again for what is new.', { nodes: node }),
      );
    },
  };
}
