import type { Admitting, ClientRequest } from './asked.ts';

/** Identifies the caller by the access token (C1). Fails with UNAUTHENTICATED. */
export async function authenticateCaller(asked: ClientRequest, { authenticate }: Admitting): Promise<void> {
  asked.caller = await authenticate(asked.request.headers.authorization);
}
