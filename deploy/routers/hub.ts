import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createReleasingServer, type ReleaseHandle } from '../../process/release.ts';
import { FENCED_LIMIT_MS, RELEASE_DEADLINE_MS, TIME_LEFT_HEADER } from '../../schema/deadline.ts';
import { CONSTANT_MESSAGES, type ErrorCode, isErrorCode } from '../../schema/errors.ts';

/* The part that is the same in every router before the hub's subgraphs. */

/** The configuration of a router, from its environment. Throws an Error that names what is missing. */
export function routerConfiguration(env: Readonly<Record<string, string | undefined>>) {
  const required = (name: string): string => {
    const file = env[`${name}_FILE`];
    const value = env[name] ?? (file === undefined ? undefined : readFileSync(file, 'utf8').trim());
    if (value === undefined || value === '') throw new Error(`${name} is missing: set it, or ${name}_FILE.`);
    return value;
  };
  /** The URL of a subgraph, such as `school`. */
  const urlOf = (subgraph: string) => required(`SAMSYN_${subgraph.toUpperCase().replaceAll('-', '_')}_URL`);
  return {
    /** The supergraph with the subgraphs' URLs in it; the hub's own gateway takes them from its environment. */
    supergraph: readFileSync(required('SAMSYN_SUPERGRAPH'), 'utf8').replace(
      /@join__graph\(name: "([^"]+)", url: ""\)/g,
      (_, name: string) => `@join__graph(name: "${name}", url: ${JSON.stringify(urlOf(name))})`,
    ),
    assertionUrl: required('SAMSYN_ASSERTION_URL'),
    authorization: `Basic ${Buffer.from(`router:${required('SAMSYN_ROUTER_SECRET')}`).toString('base64')}`,
    host: env.SAMSYN_HOST ?? '127.0.0.1',
    port: Number(env.SAMSYN_PORT ?? 4000),
  };
}

export type RouterConfiguration = ReturnType<typeof routerConfiguration>;

/** Milliseconds that an exchange of tokens may take. */
const EXCHANGE_LIMIT_MS = 1_000;

/** A client's request cannot be given an assertion. */
export class NoAssertion extends Error {
  readonly #code: 'UNAUTHENTICATED' | 'IDENTITY_PROVIDER_UNAVAILABLE' | 'SUBGRAPH_UNAVAILABLE';

  constructor(code: 'UNAUTHENTICATED' | 'IDENTITY_PROVIDER_UNAVAILABLE' | 'SUBGRAPH_UNAVAILABLE') {
    super(CONSTANT_MESSAGES[code]);
    this.#code = code;
  }

  /** The status to answer the request with. */
  get status(): 401 | 503 {
    return this.#code === 'UNAUTHENTICATED' ? 401 : 503;
  }

  /** The body to answer the request with. */
  get body(): string {
    return JSON.stringify({ errors: [{ message: this.message, extensions: { code: this.#code } }] });
  }
}

/** An answer of the hub's exchange, or its error (RFC 6749, section 5.2), or an error in GraphQL's form. */
interface Exchanged {
  readonly access_token?: unknown;
  readonly error?: unknown;
  readonly errors?: readonly { readonly extensions?: { readonly code?: unknown } }[];
}

/**
 * A new caller assertion for one client's request, exchanged at the hub for the token in its Authorization header. Never keep one
 * for another request. Throws NoAssertion.
 */
export async function assertionFor(
  { assertionUrl, authorization }: RouterConfiguration,
  client: string | null | undefined,
): Promise<string> {
  const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(client ?? '')?.[1];
  if (token === undefined) throw new NoAssertion('UNAUTHENTICATED');
  let response: Response;
  let body: Exchanged;
  try {
    response = await fetch(assertionUrl, {
      method: 'POST',
      redirect: 'error',
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: token,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      }),
      signal: AbortSignal.timeout(EXCHANGE_LIMIT_MS),
    });
    body = ((await response.json()) ?? {}) as Exchanged;
  } catch {
    // The hub cannot be reached, or answers something else: the client can only try again.
    throw new NoAssertion('SUBGRAPH_UNAVAILABLE');
  }
  if (response.ok && typeof body.access_token === 'string') return `Bearer ${body.access_token}`;
  // RFC 8693, section 2.2.2: so the hub refuses a token. Whatever else it refuses is not the client's fault.
  if (response.status === 400 && body.error === 'invalid_request') throw new NoAssertion('UNAUTHENTICATED');
  const isUnchecked = body.errors?.[0]?.extensions?.code === 'IDENTITY_PROVIDER_UNAVAILABLE';
  throw new NoAssertion(isUnchecked ? 'IDENTITY_PROVIDER_UNAVAILABLE' : 'SUBGRAPH_UNAVAILABLE');
}

/** The release of a request's answer. Throws if there is none: nothing would keep the time that a subgraph's answer leaves. */
export function heldFor<Request extends object>(
  releases: WeakMap<Request, ReleaseHandle>,
  request: Request | undefined,
): ReleaseHandle {
  const held = request === undefined ? undefined : releases.get(request);
  if (held === undefined)
    throw new Error('A subgraph is asked for no client’s request. Keep the request in the context.');
  return held;
}

/**
 * Keeps the time that a subgraph's answer leaves: this client's answer is not released after it. Without a time left it is not
 * released at all.
 */
export function keepTimeLeft(release: ReleaseHandle, headers: { get(name: string): string | null }): void {
  const left = headers.get(TIME_LEFT_HEADER) ?? '';
  release.limitTo(/^\d{1,9}$/.test(left) ? Number(left) : 0);
}

/** Lets a mutation's answer, which carries no decision, wait for the fence. What its subgraph states lowers the limit again. */
export function allowFence(release: ReleaseHandle): void {
  release.exempt(FENCED_LIMIT_MS);
}

/** Milliseconds that a subgraph may take to answer: a fenced mutation waits in the subgraph. */
export const SUBGRAPH_LIMIT_MS = FENCED_LIMIT_MS;

interface RouterError {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly locations?: readonly { readonly line: number; readonly column: number }[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** Codes of a router's own errors whose messages are about the client's operation alone. */
const OWN_CODES = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'];

/** The code of an error. The hub's own subgraphs write a constant message beside INTERNAL_SERVER_ERROR; a router's differs. */
function codeOf(given: unknown, message: string, path: RouterError['path']): ErrorCode {
  if (isErrorCode(given) && given !== 'INTERNAL_SERVER_ERROR') return given;
  if (message === CONSTANT_MESSAGES.INTERNAL_SERVER_ERROR) return 'INTERNAL_SERVER_ERROR';
  // What a router says for itself while it executes is that a subgraph gave it nothing of use.
  if (path !== undefined || given === undefined || given === 'INTERNAL_SERVER_ERROR') return 'SUBGRAPH_UNAVAILABLE';
  return 'BAD_REQUEST';
}

/** What a client is told whose request names no operation. */
const NO_OPERATION = 'Send a POST of JSON with query, and variables and operationName if it has some.';

/**
 * An error as a client may see it: the message only of a code that the hub knows, and of the extensions only code, category and
 * field. Routers add subgraphs' names, URLs, operations and stack traces to theirs.
 */
export function cleaned({ message, path, locations, extensions = {} }: RouterError) {
  const { code: given, category, field } = extensions;
  const code = codeOf(given, message, path);
  const constant = Reflect.get(CONSTANT_MESSAGES, code) as unknown;
  return {
    message: typeof constant === 'string' ? constant : wordsOf(code, message),
    ...(path === undefined ? {} : { path: [...path] }),
    ...(path === undefined && OWN_CODES.includes(code) && locations !== undefined ? { locations: [...locations] } : {}),
    extensions: {
      code,
      ...(typeof category === 'string' ? { category } : {}),
      ...(typeof field === 'string' ? { field } : {}),
    },
  };
}

function wordsOf(code: ErrorCode, message: string): string {
  return code === 'BAD_REQUEST' ? NO_OPERATION : message.replace(/ Did you mean .*$/s, '');
}

/** Serves a router on the hub's own releasing server, which keeps the deadline, and prints a line when it listens. */
export function serveRouter({ host, port }: RouterConfiguration, listener: RequestListener): void {
  const server = createReleasingServer(listener, RELEASE_DEADLINE_MS);
  server.listen(port, host, () => {
    process.stdout.write(`${JSON.stringify({ ready: true, port: (server.address() as AddressInfo).port })}\n`);
  });
  process.once('SIGTERM', () => {
    server.close();
    server.closeAllConnections();
    process.exit(0);
  });
}
