import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** An identity provider of a test's own: it signs whatever claims the test asks for. */
export interface TestIssuer {
  readonly url: string;
  /** An access token with these claims beside issuer, audience and times, which they may replace. */
  token(claims: Readonly<Record<string, unknown>>): Promise<string>;
  end(): Promise<void>;
}

const ALGORITHM = 'ES256';

/** Starts an identity provider with a key of its own, on a free port. */
export async function startTestIssuer(): Promise<TestIssuer> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM);
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: ALGORITHM, use: 'sig' };
  let url = '';
  const server = createServer((request, response) => {
    const body = request.url === '/jwks' ? { keys: [jwk] } : { issuer: url, jwks_uri: `${url}/jwks` };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    token(claims) {
      const now = Math.floor(Date.now() / 1000);
      const payload: JWTPayload = { iss: url, aud: 'samsyn', iat: now, exp: now + 600, ...claims };
      return new SignJWT(payload).setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt', kid: 'test' }).sign(privateKey);
    },
    async end() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
