import { newKeyPair } from '../../process/key-pair.ts';
import { type AssertionKey, signingKey, verifyingKey } from '../../schema/caller.ts';

/** A new pair of keys of assertions: the gateway’s and the subgraphs’. */
export async function newAssertionKeys(): Promise<{
  readonly signing: AssertionKey;
  readonly verifying: AssertionKey;
}> {
  const { privateKey, publicKey } = newKeyPair();
  return { signing: await signingKey(privateKey), verifying: await verifyingKey(publicKey) };
}
