import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  getArgumentValues,
  Kind,
  type OperationDefinitionNode,
  separateOperations,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { HubError } from '../../../schema/errors.ts';
import type { Variables } from './selections.ts';

/** A field with its arguments as the client wrote them. */
interface Use {
  readonly definition: GraphQLField<unknown, unknown>;
  readonly node: FieldNode;
}

/**
 * The places of an operation where a variable that may be null stands for an argument that may not. Validation lets it
 * stand there, because the argument has a default; an explicit null is only found with the values.
 */
export class NullableArguments {
  readonly #uses: readonly Use[];

  /** @param document only what is executed: the operation with its fragments, without what conditions leave out. */
  constructor(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) {
    const mayBeNull = operation.variableDefinitions?.some(({ type }) => type.kind !== Kind.NON_NULL_TYPE) ?? false;
    this.#uses = mayBeNull ? usesIn(schema, document, operation) : [];
  }

  /** The error of the first argument that is null and must not be, or null. */
  faultOf(variables: Variables): HubError | null {
    for (const { definition, node } of this.#uses) {
      try {
        getArgumentValues(definition, node, variables);
      } catch (fault) {
        if (!(fault instanceof GraphQLError)) throw fault;
        return nullFault(fault);
      }
    }
    return null;
  }
}

function usesIn(schema: GraphQLSchema, document: DocumentNode, { name }: OperationDefinitionNode): Use[] {
  const uses: Use[] = [];
  const types = new TypeInfo(schema);
  const executed = separateOperations(document)[name?.value ?? ''] ?? document;
  visit(
    executed,
    visitWithTypeInfo(types, {
      Field(node) {
        const definition = types.getFieldDef();
        if (definition && node.arguments !== undefined && node.arguments.length > 0) uses.push({ definition, node });
      },
    }),
  );
  return uses;
}

function nullFault({ nodes }: GraphQLError): HubError {
  const [node] = nodes ?? [];
  const place = node?.kind === Kind.VARIABLE ? node.name.value : undefined;
  return new HubError(
    'BAD_USER_INPUT',
    'A variable is null where the argument must not be. Leave the variable out to get the default, or give it a value.',
    place === undefined ? {} : { field: place },
  );
}
