import type { Admitting, ClientRequest } from './asked.ts';

/** Writes one line about the request when its outcome is known, without anything that was asked or answered. */
export function noteOutcome(asked: ClientRequest, { log }: Admitting): void {
  const { request, reply, release } = asked;
  release.onOutcome(({ outcome, why, elapsedMs }) => {
    const { hash, name } = asked.operation;
    const { statusCode: status } = reply.raw;
    log.info(
      { requestId: request.id, operation: hash, name, status, outcome, why, ms: Math.round(elapsedMs) },
      'request',
    );
  });
}
