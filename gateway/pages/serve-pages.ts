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

/** The gateway's own steps, the same as before any operation: a page is no door beside them. */
export interface PageSteps {
  readonly apollo: ApolloServer<GatewayContext & Becoming>;
  readonly log: Logger;
  /** Authenticates the caller and begins the request's line in the log. */
  readonly ask: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** Bounds an operation and gives it its name for the access log. */
  readonly admit: (request: FastifyRequest, reply: FastifyReply, sent: Sent) => Promise<void>;
  readonly contextOf: (request: FastifyRequest, reply: FastifyReply) => Promise<GatewayContext & Becoming>;
}

/**
 * Serves each page by GET: the published operation behind it is carried out as if the caller had sent it, and the page is
 * made of an answer that has no error at all. Whatever else comes is a page that says what to do, and nothing of what exists.
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
  if (body.kind !== 'single') throw new TypeError('A page is made of one answer; this operation gives several.');
  const { data, errors = [] } = body.singleResult;
  const [error] = errors;
  if (error !== undefined) return refusal(codeOf(error), language);
  if (!isWhole(data)) return refusal('FORBIDDEN', language);
  return page.render(data, language);
}

/** Has every root field a value? What is null without an error is not there. */
function isWhole(data: Record<string, unknown> | null | undefined): data is Record<string, unknown> {
  return data !== null && data !== undefined && Object.values(data).every((value) => value !== null);
}

/** The language asked for, Swedish if none; null for one that there is not. */
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
