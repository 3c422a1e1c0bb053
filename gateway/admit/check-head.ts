import type { FastifyRequest } from 'fastify';
import { HubError } from '../../schema/errors.ts';

/** Headers of which a second one would leave open which of them counts. */
const ONCE = ['authorization', 'host', 'content-type'];

/** RFC 9110, section 8.3.1: the charset parameter of a media type, quoted or not. */
const CHARSET = /;\s*charset\s*=\s*("?)([^";\s]*)\1/gi;

/**
 * Rejects a request whose head asks for something that the gateway does not do, rather than do something else: two headers
 * where one counts, no host, an encoding or charset of the body that is not honoured, or an expectation. Fails with
 * BAD_REQUEST.
 */
export function checkHead({ headers, raw }: FastifyRequest): void {
  const names = raw.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  for (const once of ONCE) {
    if (names.indexOf(once) !== names.lastIndexOf(once)) {
      throw refused(400, `A request has one ${once} header. Send one, with the value that you mean.`);
    }
  }
  if (headers.host === undefined && raw.httpVersionMinor > 0) {
    throw refused(400, 'A request has a host header (RFC 9112, section 3.2). Send one.');
  }
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') {
    throw refused(415, 'The body is read as it is. Send it without content-encoding.');
  }
  const charsets = [...(headers['content-type'] ?? '').matchAll(CHARSET)].map(([, , charset = '']) => charset);
  if (charsets.some((charset) => charset.toLowerCase() !== 'utf-8')) {
    throw refused(415, 'The body is read as UTF-8. Send it so, with content-type application/json.');
  }
  if ((headers.expect ?? '100-continue').toLowerCase() !== '100-continue') {
    throw refused(417, 'No expectation but 100-continue is met here. Send the request without an expect header.');
  }
}

function refused(statusCode: number, message: string): HubError {
  return Object.assign(new HubError('BAD_REQUEST', message), { statusCode });
}
