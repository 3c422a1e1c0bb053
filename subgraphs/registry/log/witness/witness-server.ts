import { createServer, type IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { logFault } from '../../../../chassis/log.ts';
import { type Listening, listenOn } from '../../../../process/listening.ts';
import type { Witness, WitnessAnswer } from './witness.ts';

/** A request is a checkpoint with at most 63 hashes and 64 signatures; by ML-DSA-87 a signature is a line of 6.2 kB. */
const BODY_LIMIT = 512 * 1024;

type ServedWitness = Pick<Witness, 'addCheckpoint' | 'cosigned'>;

/**
 * Serves `POST /add-checkpoint` and `GET /<origin hash>/checkpoint` (C2SP tlog-witness). Put TLS in front; who may reach it
 * makes no difference.
 */
export async function serveWitness(
  witness: ServedWitness,
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
  readonly status: WitnessAnswer['status'] | 405 | 413 | 500 | 503;
  readonly body: string;
}

async function answerTo(witness: ServedWitness, request: IncomingMessage, log: Logger): Promise<Answer> {
  if (request.method === 'GET' && request.url === '/health') return { status: 200, body: 'ok\n' };
  const originHash = /^\/([0-9a-f]{64})\/checkpoint$/.exec(request.url ?? '')?.[1];
  if (originHash === undefined && request.url !== '/add-checkpoint')
    return { status: 404, body: 'Send checkpoints to /add-checkpoint.\n' };
  if (request.method !== (originHash === undefined ? 'POST' : 'GET'))
    return { status: 405, body: 'Send checkpoints by POST, and read them by GET.\n' };
  try {
    if (originHash !== undefined) return latestOf(witness, originHash);
    const body = await bodyOf(request);
    if (body === null) return { status: 413, body: 'A checkpoint with its proof is smaller.\n' };
    const answer = witness.addCheckpoint(body, Math.floor(Date.now() / 1000));
    if (answer.status === 422 || answer.status === 409) log.warn({ status: answer.status }, 'a checkpoint was refused');
    return answer;
  } catch (fault) {
    logFault(log, 'witness', fault);
    return { status: 500, body: 'The witness failed. Nothing is cosigned.\n' };
  }
}

function latestOf(witness: ServedWitness, originHash: string): Answer {
  const cosigned = witness.cosigned(originHash);
  if (cosigned === null) return { status: 404, body: 'This witness has cosigned no checkpoint of such a log.\n' };
  if (cosigned.note === null) return { status: 503, body: 'Ask again after the next checkpoint of the log.\n' };
  return { status: 200, body: cosigned.note };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > BODY_LIMIT) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
