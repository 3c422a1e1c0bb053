import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { afterEach, beforeEach } from '@jest/globals';
import { buildSchema, execute } from 'graphql';
import { pino } from 'pino';
import type { Authenticate } from '../../gateway/admit/authenticate.ts';
import type { RouterTrust } from '../../gateway/admit/exchange-token.ts';
import { createApp } from '../../gateway/app.ts';
import type { GatewayContext } from '../../gateway/ask/transport.ts';
import type { GatewayInterface } from '../../gateway/engine/engine.ts';
import { FENCED_LIMIT_MS } from '../../schema/deadline.ts';
import { HubError } from '../../schema/errors.ts';
import { operationHash } from '../../schema/operation-hash.ts';

/** What no answer and no line of the log has. */
export const CANARY = 'canary-app-51aa';
/** Who asks with the token that the app knows. */
export const CALLER = { subject: 'p-1', actor: null, agency: 'school:skovde', roles: ['CASEWORKER'] as const };

const schema = buildSchema(`
  directive @fenced on FIELD_DEFINITION
  type Query { hello(name: String): String  slow: String  hang: String  broken: String  limit: String }
  type Mutation { end: String @fenced  begin: String }
`);

/** Executes on the schema above instead of subgraphs. */
function engineOf(resolvers: Record<string, (args: never, context: GatewayContext) => unknown>): GatewayInterface {
  const listeners: Parameters<GatewayInterface['onSchemaLoadOrUpdate']>[0][] = [];
  return {
    onSchemaLoadOrUpdate(listener) {
      listeners.push(listener);
      return () => undefined;
    },
    async load() {
      // As the hub's engine does: whoever begins to listen later is not told.
      for (const listener of listeners) listener({ apiSchema: schema, coreSupergraphSdl: '' });
      return {
        executor: async ({ document, context, request, operationName }) =>
          execute({
            schema,
            document,
            rootValue: resolvers,
            contextValue: context,
            variableValues: request.variables,
            operationName,
          }) as never,
      };
    },
    stop: async () => undefined,
  };
}

const authenticate: Authenticate = async (authorization) => {
  if (authorization === 'Bearer good') return CALLER;
  if (authorization === 'Bearer unchecked') throw HubError.constant('IDENTITY_PROVIDER_UNAVAILABLE', new Error(CANARY));
  throw HubError.constant('UNAUTHENTICATED', new Error(CANARY));
};

/** Keeps the event loop from turning until it is too late for this request. */
function blockUntilLate({ release }: GatewayContext): void {
  while (release.elapsed() <= release.limit());
}

const published = { names: new Map([[operationHash('{hello}'), 'greeting']]), texts: [] };
/** The gateway's app that is served now, and what it has seen and said; each test has its own. */
export const gateway = {
  url: '',
  log: [] as Record<string, unknown>[],
  seen: [] as GatewayContext[],
  /** Told when `hang` is asked, and when it is aborted. */
  leave: (): void => undefined,
  aborted: (): void => undefined,
  close: async (): Promise<void> => undefined,
};

/** Serves in place of what is served. */
export async function serve(deadlineMs?: number, routers: RouterTrust | null = null): Promise<void> {
  gateway.log = [];
  gateway.seen = [];
  const lines = new Writable({
    write(chunk, _encoding, done) {
      gateway.log.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const app = await createApp({
    engine: engineOf({
      hello: ({ name }: { name?: string }, context) => {
        gateway.seen.push(context);
        return `hello ${name ?? 'you'}`;
      },
      slow: (_, context) => {
        blockUntilLate(context);
        return CANARY;
      },
      hang: async (_, { gone }) => {
        gateway.leave();
        await once(gone, 'abort');
        gateway.aborted();
      },
      broken: () => {
        throw new Error(CANARY);
      },
      limit: (_, { release }) => String(release.limit()),
      end: (_, { release }) => String(release.limit() === FENCED_LIMIT_MS),
    }),
    authenticate,
    published,
    introspection: true,
    routers,
    log: pino(lines),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  gateway.close = async () => {
    await app.close();
  };
  gateway.url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/graphql`;
}

beforeEach(() => serve());

afterEach(() => gateway.close());

/** The headers of a right request. */
export const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/graphql-response+json',
  authorization: 'Bearer good',
};

export function post(body: unknown, headers: Record<string, string> = HEADERS): Promise<Response> {
  return fetch(gateway.url, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
}

/** The answer, and its errors without the id of their request, which each must carry. */
export async function answerTo(sent: unknown, headers?: Record<string, string>) {
  const response = await post(sent, headers);
  const requestId = response.headers.get('samsyn-request-id');
  const { errors, ...body } = (await response.json()) as { data?: unknown; errors?: { extensions: object }[] };
  const unidentified = errors?.map(({ extensions, ...error }) => {
    const { requestId: told, ...others } = extensions as { requestId?: unknown };
    if (told !== requestId) throw new Error('Expected the id of the request in each of its errors.');
    return { ...error, extensions: others };
  });
  const answer: { data?: unknown; errors?: { extensions: object }[] } = body;
  return { status: response.status, body: unidentified === undefined ? answer : { ...answer, errors: unidentified } };
}
