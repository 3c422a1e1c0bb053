import { folders } from '../../../chassis/folders.ts';
import type { HubOptions } from '../../../hub/hub.ts';
import { newKeyPair } from '../../../process/key-pair.ts';

/** A hub's trust in other federation routers, as an operator configures it. */
export interface Trust {
  readonly secret: string;
  /** The variables of the hub's processes. */
  readonly env: NonNullable<HubOptions['env']>;
}

/** A new trust: a secret, and a pair of keys of which the subgraphs get the public one. */
export function newTrust(): Trust {
  const { privateKey, publicKey } = newKeyPair();
  const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
  const subgraphs = folders().map(({ name }) => [name, { SAMSYN_ROUTER_ASSERTION_PUBLIC_KEY: publicKey }] as const);
  const gateway = { SAMSYN_ROUTER_SECRET: secret, SAMSYN_ROUTER_ASSERTION_PRIVATE_KEY: privateKey };
  return { secret, env: { gateway, ...Object.fromEntries(subgraphs) } };
}
