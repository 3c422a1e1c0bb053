import { type ASTVisitor, GraphQLError, OperationTypeNode, type ValidationContext } from 'graphql';

/** Rejects subscriptions: a document that contains one is rejected whole, whatever the schema says. */
export function NoSubscriptions(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (node.operation !== OperationTypeNode.SUBSCRIPTION) return;
      context.reportError(
        new GraphQLError('Subscriptions are not served. Send a query, and repeat it to get news.', { nodes: node }),
      );
    },
  };
}
