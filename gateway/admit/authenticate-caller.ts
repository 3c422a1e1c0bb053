import type { Admitting, ClientRequest } from './asked.ts';

/** Notes who asks, by the access token (C1). Fails with UNAUTHENTICATED. */
export async function authenticateCaller(asked: ClientRequest, { authenticate }: Admitting): Promise<void> {
  asked.caller = await authenticate(asked.request.headers.authorization);
}
