import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importPKCS8,
  SignJWT,
} from 'jose';
import { createLog } from '../gateway/log.ts';
import {
  ConfigurationError,
  exitOnFault,
  optional,
  port,
  readConfiguration,
  string,
} from '../process/configuration.ts';
import { PERSONAS, type Persona } from '../schema/demo-world.ts';

/** The address to listen on: loopback alone, because anybody who reaches the demo's identity provider gets a token. */
const HOST = '127.0.0.1';
const ALGORITHM = 'ES256';
const AUDIENCE = 'samsyn';
const LIFETIME_SECONDS = 15 * 60;

exitOnFault(async () => {
  const { issuerPort, keyFile, configured } = readConfiguration(process.env, {
    issuerPort: optional(port('SAMSYN_DEMO_ISSUER_PORT'), 4001),
    keyFile: optional(string('SAMSYN_DEMO_ISSUER_KEY_FILE', 'the path of a file'), null),
    configured: optional(string('SAMSYN_OIDC_ISSUER', 'the URL of an issuer'), null),
  });
  const log = createLog('demo-issuer');
  const key = await signingKey(keyFile);
  const server = createServer();
  server.listen(issuerPort, HOST);
  await once(server, 'listening');
  const { port: listening } = server.address() as AddressInfo;
  const issuer = `http://${HOST}:${listening}`;
  if (configured !== null && configured !== issuer) {
    throw new ConfigurationError([
      'SAMSYN_OIDC_ISSUER names another issuer, and the demo issuer does not start beside one: unset it, or start without the demo issuer',
    ]);
  }
  const answer = await answersOf(issuer, key);
  server.on('request', async (request, response) => {
    // A page of another origin can point a name of its own here, but it cannot change the host header.
    const isOurs = [`${HOST}:${listening}`, `localhost:${listening}`].includes(request.headers.host ?? '');
    const { status, type, body } =
      isOurs && request.method === 'GET' ? await answer(new URL(request.url ?? '/', issuer)) : NOTHING;
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
  });
  log.warn({ issuer }, 'the demo issuer is ON: anybody on this machine gets tokens of the demo personas');
  process.stdout.write(`${JSON.stringify({ ready: true, port: listening })}\n`);
  process.once('SIGTERM', () => {
    server.close();
    server.closeAllConnections();
  });
});

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const NOTHING: Answer = { status: 404, type: 'text/plain', body: 'Not found. Ask for GET /token/<persona>.\n' };

/** The issuer's answers: its discovery document, its keys, and a token for each persona. */
async function answersOf(issuer: string, key: CryptoKey): Promise<(url: URL) => Promise<Answer>> {
  const { d: _private, ...jwk } = await exportJWK(key);
  const kid = await calculateJwkThumbprint(jwk);
  const documents = new Map([
    ['/.well-known/openid-configuration', discoveryDocument(issuer)],
    ['/jwks', { keys: [{ ...jwk, kid, alg: ALGORITHM, use: 'sig' }] }],
  ]);
  return async ({ pathname, searchParams }) => {
    const document = documents.get(pathname);
    if (document !== undefined) return { status: 200, type: 'application/json', body: JSON.stringify(document) };
    const [, name] = /^\/token\/([a-z-]+)$/.exec(pathname) ?? [];
    const persona = personaOf(name);
    const act = searchParams.get('act');
    const actor = act === null ? null : personaOf(act);
    if (persona === undefined || actor === undefined) return NOTHING;
    const token = await tokenFor(persona, actor)
      .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt', kid })
      .setIssuer(issuer)
      .sign(key);
    return { status: 200, type: 'text/plain', body: token };
  };
}

function discoveryDocument(issuer: string): object {
  return {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['none'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [ALGORITHM],
  };
}

function personaOf(name: string | undefined): Persona | undefined {
  return Object.entries(PERSONAS).find(([known]) => known === name)?.[1];
}

function tokenFor({ subject, agency, roles }: Persona, actor: Persona | null): SignJWT {
  return new SignJWT({ agency, roles, ...(actor === null ? {} : { act: { sub: actor.subject } }) })
    .setSubject(subject)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(`${LIFETIME_SECONDS}s`);
}

/** The key in the file; if there is none, one is made, so that a hub that starts again still accepts its tokens. */
async function signingKey(file: string | null): Promise<CryptoKey> {
  const make = async () => (await generateKeyPair(ALGORITHM, { extractable: true })).privateKey;
  if (file === null) return make();
  try {
    return await importPKCS8(readFileSync(file, 'utf8'), ALGORITHM, { extractable: true });
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new ConfigurationError([
        'SAMSYN_DEMO_ISSUER_KEY_FILE is wrong: expected a file with an ES256 key, or a file that does not exist yet',
      ]);
    }
    const key = await make();
    writeFileSync(file, await exportPKCS8(key), { mode: 0o600, flag: 'wx' });
    return key;
  }
}
