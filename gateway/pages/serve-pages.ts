import type { ApolloServer } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { type ErrorCode, HubError, isErrorCode } from '../../schema/errors.ts';
import type { Sent } from '../admit/asked.ts';
import type { Becoming } from '../admit/known-operations.ts';
import { codeOf } from '../answer/errors.ts';
import type { GatewayContext } from '../ask/transport.ts';
import { describeFault } from '../log.ts';
import { documentOf, LANGUAGES, type Language, PAGE_HEADERS, type Page } from './page.ts';
import { refusal } from './refusals.ts';
import { SERVED_PAGES, type ServedPage } from './served-pages.ts';

/** The gateway's own steps, the same as for any operation, so that a page gives no way around them. */
export interface PageSteps {
  readonly apollo: ApolloServer<GatewayContext & Becoming>;
  readonly log: Logger;
  /** Authenticates the caller and begins the request's line in the log. */
  readonly ask: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** Bounds an operation and names it for the access log. */
  readonly admit: (request: FastifyRequest, reply: FastifyReply, sent: Sent) => Promise<void>;
  readonly contextOf: (request: FastifyRequest, reply: FastifyReply) => Promise<GatewayContext & Becoming>;
}

/**
 * Serves each page by GET. The published operation behind it is executed as if the caller had sent it, and the page is
 * made only of an answer without any error. Otherwise the page states what to do, and nothing about what exists.
 */
export function servePages(app: FastifyInstance, steps: PageSteps): void {
  for (const page of SERVED_PAGES) {
    app.get<{ Params: Record<string, string> }>(page.path, {
      exposeHeadRoute: false,
      onRequest: steps.ask,
      errorHandler: (fault, request, reply) => {
        const code = toldAs(fault);
        steps.log[code === 'INTERNAL_SERVER_ERROR' ? 'error' : 'info'](
          { requestId: request.id, code, fault: describeFault(fault) },
          'refused',
        );
        return send(reply, refusal(code, languageOf(request) ?? 'sv'));
      },
      handler: async (request, reply) => send(reply, await answer(page, steps, request, reply)),
    });
  }
}

async function answer(
  page: ServedPage,
  { apollo, admit, contextOf }: PageSteps,
  request: FastifyRequest<{ Params: Record<string, string> }>,
  reply: FastifyReply,
): Promise<Page> {
  const language = languageOf(request);
  if (language === null) return refusal('BAD_USER_INPUT', 'sv');
  const variables = page.variables({ params: request.params, query: queryOf(request), language });
  await admit(request, reply, { query: page.operation });
  const { body } = await apollo.executeOperation(
    { query: page.operation, variables: { ...variables } },
    { contextValue: await contextOf(request, reply) },
  );
  if (body.kind !== 'single')
    throw new TypeError(
      'Expected one answer for a page; got one in parts. Publish an operation without @defer and @stream.',
    );
  const { data, errors = [] } = body.singleResult;
  const [error] = errors;
  if (error !== undefined) return refusal(codeOf(error), language);
  if (!isWhole(data)) return refusal('FORBIDDEN', language);
  return page.render(data, language);
}

/** True if every root field has a value. A null without an error means that there is no such thing. */
function isWhole(data: Record<string, unknown> | null | undefined): data is Record<string, unknown> {
  return data !== null && data !== undefined && Object.values(data).every((value) => value !== null);
}

/** The language in the address, Swedish by default; null if it is not served. */
function languageOf(request: FastifyRequest): Language | null {
  const { language = 'sv' } = queryOf(request);
  return LANGUAGES.find((known) => known === language) ?? null;
}

function queryOf({ query }: FastifyRequest): Readonly<Record<string, unknown>> {
  return (query ?? {}) as Readonly<Record<string, unknown>>;
}

function toldAs(fault: unknown): ErrorCode {
  const code = fault instanceof HubError ? fault.extensions.code : undefined;
  return isErrorCode(code) ? code : 'INTERNAL_SERVER_ERROR';
}

function send(reply: FastifyReply, page: Page): FastifyReply {
  if (page.status === 401) reply.header('www-authenticate', 'Bearer');
  return reply.code(page.status).headers(PAGE_HEADERS).send(documentOf(page));
}
