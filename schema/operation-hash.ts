import { createHash } from 'node:crypto';
import { GraphQLError, Lexer, Source, TokenKind } from 'graphql';

const LITERALS: readonly TokenKind[] = [TokenKind.STRING, TokenKind.BLOCK_STRING, TokenKind.INT, TokenKind.FLOAT];

/**
 * The name of an operation in the access log: the lower-case hex SHA-256 of its tokens, without the values of its
 * literals. If an identity number were hashed, trying all numbers would reveal it.
 */
export function operationHash(text: string): string {
  return createHash('sha256').update(tokensOf(text).join(' ')).digest('hex');
}

function tokensOf(text: string): string[] {
  const lexer = new Lexer(new Source(text));
  const tokens: string[] = [];
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      tokens.push(LITERALS.includes(token.kind) ? token.kind : token.value === undefined ? token.kind : token.value);
    }
  } catch (fault) {
    // A text that is not GraphQL is rejected next and has no name in the log.
    if (fault instanceof GraphQLError) return [];
    throw fault;
  }
  return tokens;
}
