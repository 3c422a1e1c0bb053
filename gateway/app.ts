import type { FastifyInstance } from 'fastify';
import { createReleasingServer, release } from '../process/release.ts';
import type { Step } from '../process/steps.ts';
import { mintAssertion } from '../schema/caller.ts';
import { admitOperation } from './admit/admit-operation.ts';
import { authenticateCaller } from './admit/authenticate-caller.ts';
import { checkHead } from './admit/check-head.ts';
import { nameRequest } from './admit/name-request.ts';
import { noteOutcome } from './admit/note-outcome.ts';
import { answerError } from './answer/answer-error.ts';
import { formatError } from './answer/errors.ts';
import { executeOperation } from './answer/execute-operation.ts';
import { resolveOperation } from './answer/resolve-operation.ts';
import { exchange } from './ask/subgraph-exchange.ts';
import { createTransport } from './ask/transport.ts';
import { project } from './engine/answer/project.ts';
import { execute } from './engine/fetch/fetch.ts';
import { merge } from './engine/fetch/merge.ts';
import { represent } from './engine/fetch/represent.ts';
import { Seeding } from './engine/fetch/seed.ts';
import { PlanCache } from './engine/plan/plan.ts';
import { coerceVariables } from './engine/prepare/variables.ts';
import type { GatewayMoments, GatewayParts } from './moments.ts';
import { serveSteps } from './serve-steps.ts';

/** The way of one request through the gateway, step by step. docs/request.md describes each step. */
export const GATEWAY_STEPS: readonly Step<GatewayMoments>[] = [
  { name: 'accept the request', at: 'connection', take: createReleasingServer },
  { name: 'name the request', at: 'arrival', take: nameRequest },
  { name: 'check the head', at: 'arrival', take: checkHead },
  { name: 'note the outcome', at: 'asking', take: noteOutcome },
  { name: 'authenticate the caller', at: 'asking', take: authenticateCaller },
  { name: 'admit the operation', at: 'operation', take: admitOperation },
  { name: 'resolve the operation', at: 'document', take: resolveOperation },
  { name: 'execute the operation', at: 'execution', take: executeOperation },
  { name: 'coerce the variables', at: 'engine', take: coerceVariables },
  { name: 'plan', at: 'engine', take: PlanCache },
  { name: 'seed', at: 'engine', take: Seeding },
  { name: 'fetch', at: 'engine', take: execute },
  { name: 'represent', at: 'engine', take: represent },
  { name: 'ask a subgraph', at: 'engine', take: createTransport },
  { name: 'mint the assertion', at: 'engine', take: mintAssertion },
  { name: 'exchange', at: 'engine', take: exchange },
  { name: 'merge', at: 'engine', take: merge },
  { name: 'project', at: 'engine', take: project },
  { name: 'format the errors', at: 'answer', take: formatError },
  { name: 'answer a refusal', at: 'refusal', take: answerError },
  { name: 'release', at: 'release', take: release },
];

/** The hub's one HTTP endpoint, not listening yet: POST /graphql, the pages made of operations, and GET /health. */
export function createApp(parts: GatewayParts): Promise<FastifyInstance> {
  return serveSteps(GATEWAY_STEPS, parts);
}
