import { createServer, type IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { logFault } from '../../../../chassis/log.ts';
import { type Listening, listenOn } from '../../../../process/listening.ts';
import type { Witness, WitnessAnswer } from './witness.ts';

/** A request is a checkpoint with at most 63 hashes and 64 signatures. */
const BODY_LIMIT = 64 * 1024;

/** Serves `POST /add-checkpoint` (C2SP tlog-witness). Put TLS in front; who may reach it makes no difference. */
export async function serveWitness(
  witness: Pick<Witness, 'addCheckpoint'>,
  at: { readonly host: string; readonly port: number },
  log: Logger,
): Promise<Listening> {
  const server = createServer(async (request, response) => {
    const answer = await answerTo(witness, request, log);
    const type = answer.status === 409 ? 'text/x.tlog.size' : 'text/plain; charset=utf-8';
    response.writeHead(answer.status, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(answer.body);
  });
  server.requestTimeout = 10_000;
  return listenOn(server, at);
}

interface Answer {
  readonly status: WitnessAnswer['status'] | 405 | 413 | 500;
  readonly body: string;
}

async function answerTo(
  witness: Pick<Witness, 'addCheckpoint'>,
  request: IncomingMessage,
  log: Logger,
): Promise<Answer> {
  if (request.method === 'GET' && request.url === '/health') return { status: 200, body: 'ok\n' };
  if (request.url !== '/add-checkpoint') return { status: 404, body: 'Send checkpoints to /add-checkpoint.\n' };
  if (request.method !== 'POST') return { status: 405, body: 'Send checkpoints by POST.\n' };
  try {
    const body = await bodyOf(request);
    if (body === null) return { status: 413, body: 'A checkpoint with its proof is smaller.\n' };
    const answer = witness.addCheckpoint(body, Math.floor(Date.now() / 1000));
    if (answer.status === 422 || answer.status === 409) log.warn({ status: answer.status }, 'a checkpoint was refused');
    return answer;
  } catch (fault) {
    logFault(log, 'add-checkpoint', fault);
    return { status: 500, body: 'The witness failed. Nothing is cosigned.\n' };
  }
}

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > BODY_LIMIT) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
