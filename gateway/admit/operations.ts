import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
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

/** The operations that the hub publishes. */
export interface PublishedOperations {
  /** Their names, by their hashes. */
  readonly names: ReadonlyMap<string, string>;
  readonly texts: readonly string[];
}

/** The published operations, from the `.graphql` files of `folder`. None if there is no such folder. */
export async function publishedOperations(folder: string): Promise<PublishedOperations> {
  const files = await readdir(folder).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return [];
    throw fault;
  });
  const names = new Map<string, string>();
  const texts: string[] = [];
  for (const file of files) {
    if (!file.endsWith('.graphql')) continue;
    const text = await readFile(join(folder, file), 'utf8');
    names.set(operationHash(text), basename(file, '.graphql'));
    texts.push(text);
  }
  return { names, texts };
}
