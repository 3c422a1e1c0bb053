import { HubError } from '../../schema/errors.ts';

/** An operation of a document, by its name. */
interface Named {
  readonly name: string | null;
}

/**
 * The operation of a document that a request means: the one that it names, or the only one. Throws BAD_REQUEST if there
 * is none. Everything that depends on the choice asks here, so that nothing is decided for one operation and done for
 * another.
 */
export function chosenOperation<Operation extends Named>(
  operations: readonly Operation[],
  operationName: unknown,
): Operation {
  if (operationName === undefined || operationName === null) {
    const [only, ...others] = operations;
    if (only !== undefined && others.length === 0) return only;
    throw new HubError(
      'BAD_REQUEST',
      'The document must hold one operation, or operationName must name one of them. Send its name as operationName.',
    );
  }
  const named = operations.find(({ name }) => name !== null && name === operationName);
  if (named !== undefined) return named;
  throw new HubError(
    'BAD_REQUEST',
    'operationName must be the name of an operation of the document. Correct it, or leave it out if there is only one.',
  );
}
