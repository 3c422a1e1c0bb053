import { createServer } from 'node:net';
import { StartError } from '../process/start-error.ts';

/** Throws a StartError if another program listens on the port. */
export async function requireFree(port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((done, reject) => {
    probe.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${cause.code})`;
      reject(
        new StartError(`Port ${port} ${why}: end that program, or set SAMSYN_PORT and SAMSYN_DEMO_ISSUER_PORT.`, {
          cause,
        }),
      );
    });
    probe.listen(port, '127.0.0.1', done);
  });
  await new Promise((done) => probe.close(done));
}
