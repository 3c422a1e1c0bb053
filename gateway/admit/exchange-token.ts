import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { type AssertionKey, type Caller, mintRouterAssertion } from '../../schema/caller.ts';
import { RELEASE_DEADLINE_MS } from '../../schema/deadline.ts';
import { HubError } from '../../schema/errors.ts';
import { describeFault } from '../log.ts';
import type { Authenticate } from './authenticate.ts';

/** The trust in other federation routers, as the operator configures it. */
export interface RouterTrust {
  /** The password by which a router authenticates itself; its name is `router`. */
  readonly secret: string;
  /** Signs the assertions for routers. Another key than that of the gateway's own assertions. */
  readonly key: AssertionKey;
  /** The subgraphs that a router may ask, all of the supergraph. */
  readonly audiences: () => readonly string[];
}

/** RFC 8693, sections 2.1 and 3. */
const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const TYPES = ['urn:ietf:params:oauth:token-type:access_token', 'urn:ietf:params:oauth:token-type:jwt'];
const ISSUED_TYPE = 'urn:ietf:params:oauth:token-type:jwt';

/** The parameters that an exchange may have. */
const PARAMETERS = ['grant_type', 'subject_token', 'subject_token_type', 'requested_token_type'];

/** Largest form, in bytes: one access token and three short parameters. */
const FORM_BYTES = 32 * 1024;

/** The error of an exchange, as RFC 6749, section 5.2 has it. */
class ExchangeRefused extends Error {
  override readonly name = 'ExchangeRefused';

  constructor(
    readonly error: 'invalid_request' | 'unsupported_grant_type',
    readonly description: string,
  ) {
    super(description);
  }
}

/**
 * Serves POST /assertion: exchanges a client's access token for a caller assertion (RFC 8693), for a router that authenticates
 * itself (HTTP Basic). For everybody else, and for everybody where no trust is configured, there is nothing at this address.
 */
export function serveAssertions(
  app: FastifyInstance,
  trust: RouterTrust | null,
  parts: { readonly authenticate: Authenticate; readonly log: Logger },
): void {
  const isRouter = trust === null ? () => false : authenticatedBy(trust.secret);
  app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: FORM_BYTES },
      async (_request: FastifyRequest, body: string | Buffer) => new URLSearchParams(body.toString()),
    );
    scope.post('/assertion', {
      // Before the body is read, so that nothing about it shows that there is something here.
      onRequest: (request, reply, done) => {
        if (isRouter(request.headers.authorization)) done();
        else reply.callNotFound();
      },
      handler: (request, reply) => exchange(request, reply, trust, parts),
    });
  });
}

/** A test for a router's Authorization header, which takes the same time for every header. */
function authenticatedBy(secret: string): (authorization: string | undefined) => boolean {
  const expected = digest(`Basic ${Buffer.from(`router:${secret}`).toString('base64')}`);
  return (authorization = '') => timingSafeEqual(digest(authorization), expected);
}

async function exchange(
  request: FastifyRequest,
  reply: FastifyReply,
  trust: RouterTrust | null,
  { authenticate, log }: { readonly authenticate: Authenticate; readonly log: Logger },
): Promise<FastifyReply> {
  if (trust === null) throw HubError.constant('UNAUTHENTICATED');
  const { id: requestId } = request;
  try {
    const caller = await callerOf(tokenIn(request.body), authenticate);
    const assertion = await mintRouterAssertion(trust.key, trust.audiences(), caller, requestId);
    log.info({ requestId }, 'assertion made for a router');
    return answer(reply, 200, {
      access_token: assertion,
      issued_token_type: ISSUED_TYPE,
      token_type: 'Bearer',
      expires_in: RELEASE_DEADLINE_MS / 1000,
    });
  } catch (fault) {
    if (!(fault instanceof ExchangeRefused)) throw fault;
    log.info({ requestId, fault: describeFault(fault.cause ?? fault) }, 'assertion refused to a router');
    return answer(reply, 400, { error: fault.error, error_description: fault.description });
  }
}

/** The access token in the form. Throws ExchangeRefused for anything but an exchange of one token. */
function tokenIn(form: unknown): string {
  if (!(form instanceof URLSearchParams)) {
    throw new ExchangeRefused('invalid_request', 'Send the parameters as application/x-www-form-urlencoded.');
  }
  const names = [...form.keys()];
  if (new Set(names).size !== names.length || names.some((name) => !PARAMETERS.includes(name))) {
    throw new ExchangeRefused(
      'invalid_request',
      `Send each of these at most once, and no others: ${PARAMETERS.join(', ')}.`,
    );
  }
  if (form.get('grant_type') !== GRANT) {
    throw new ExchangeRefused('unsupported_grant_type', `The grant_type must be ${GRANT}.`);
  }
  const token = form.get('subject_token');
  if (token === null || !TYPES.includes(form.get('subject_token_type') ?? '')) {
    throw new ExchangeRefused(
      'invalid_request',
      `Send subject_token, and subject_token_type as one of ${TYPES.join(', ')}.`,
    );
  }
  if ((form.get('requested_token_type') ?? ISSUED_TYPE) !== ISSUED_TYPE) {
    throw new ExchangeRefused('invalid_request', `The requested_token_type must be ${ISSUED_TYPE}, or left out.`);
  }
  return token;
}

/** The caller that the token names. A token that is not accepted is the request's fault (RFC 8693, section 2.2.2). */
async function callerOf(token: string, authenticate: Authenticate): Promise<Caller> {
  try {
    return await authenticate(`Bearer ${token}`);
  } catch (fault) {
    if (!(fault instanceof HubError) || fault.extensions.code !== 'UNAUTHENTICATED') throw fault;
    const refused = new ExchangeRefused(
      'invalid_request',
      'The subject_token is not accepted. Answer the client with 401.',
    );
    refused.cause = fault.originalError;
    throw refused;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function answer(reply: FastifyReply, status: number, body: object): FastifyReply {
  return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
}
