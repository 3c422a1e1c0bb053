import { afterAll } from '@jest/globals';
import { startTestHub } from '../../setup/hub.ts';
import { startTestIssuer } from '../../setup/issuer.ts';
import type { Place } from '../mutate.ts';

let started: Promise<Place & { readonly end: () => Promise<void> }> | undefined;

/** The hub that all parts of this suite ask, with an identity provider that signs what they like. It ends with the suite. */
export function sharedPlace(): Promise<Place> {
  started ??= start();
  return started;
}

async function start() {
  const issuer = await startTestIssuer();
  const { hub, end: endHub } = await startTestHub({ provider: { SAMSYN_OIDC_ISSUER: issuer.url } });
  const end = async () => {
    await endHub();
    await issuer.end();
  };
  return { hub, issuer, end };
}

afterAll(async () => {
  if (started !== undefined) await (await started).end();
});
