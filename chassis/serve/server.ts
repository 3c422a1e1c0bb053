import type { FastifyInstance } from 'fastify';
import { createReleasingServer, release } from '../../process/release.ts';
import type { Step } from '../../process/steps.ts';
import { decide } from '../decide/decide.ts';
import { fence } from '../decide/fence.ts';
import { guard } from '../decide/guard.ts';
import { refuseCompany } from '../decide/refuse-company.ts';
import { touch } from '../decide/touched.ts';
import { recordsOf } from '../record/read.ts';
import { appendErrors } from './append-errors.ts';
import type { ServerParts, SubgraphMoments } from './moments.ts';
import { resolveOperation } from './resolve-operation.ts';
import { serveSteps } from './serve-steps.ts';
import { stateFence } from './state-fence.ts';
import { stateRetry } from './state-retry.ts';
import { stateTimeLeft } from './state-time-left.ts';
import { verifyCaller } from './verify-caller.ts';

/** The steps of one request through a subgraph, in their order. docs/request.md describes each step. */
export const SUBGRAPH_STEPS: readonly Step<SubgraphMoments>[] = [
  { name: 'accept the request', at: 'connection', take: createReleasingServer },
  { name: 'verify the caller', at: 'request', take: verifyCaller },
  { name: 'resolve the operation', at: 'document', take: resolveOperation },
  { name: 'refuse company', at: 'operation', take: refuseCompany },
  { name: 'touch', at: 'operation', take: touch },
  { name: 'decide', at: 'operation', take: decide },
  { name: 'guard', at: 'field', take: guard },
  { name: 'fence', at: 'field', take: fence },
  { name: 'read', at: 'field', take: recordsOf },
  { name: 'append the errors', at: 'answer', take: appendErrors },
  { name: 'state the time left', at: 'answer', take: stateTimeLeft },
  { name: 'state the fence', at: 'answer', take: stateFence },
  { name: 'state when to ask again', at: 'answer', take: stateRetry },
  { name: 'release', at: 'release', take: release },
];

/**
 * The subgraph's HTTP server, not listening yet. It answers only requests with a valid caller assertion, for `_service` too.
 * Every response passes the release test.
 */
export function createSubgraphServer(parts: ServerParts): Promise<FastifyInstance> {
  return serveSteps(SUBGRAPH_STEPS, parts);
}
