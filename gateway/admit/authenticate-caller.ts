import type { Admitting, Asked } from './asked.ts';

/** Notes who asks, by the access token (C1). Fails with UNAUTHENTICATED. */
export async function authenticateCaller(asked: Asked, { authenticate }: Admitting): Promise<void> {
  asked.caller = await authenticate(asked.request.headers.authorization);
}
