import { describe, expect, test } from '@jest/globals';
import { CONSTANT_MESSAGES } from '../../schema/errors.ts';
import { wire } from '../../test/faults/wire.ts';
import { CANARY, gateway, serve } from '../../test/setup/gateway-app.ts';

const BODY = '{"query":"{hello}"}';
const RIGHT = [
  'Host: x',
  'Content-Type: application/json',
  'Accept: application/graphql-response+json',
  'Authorization: Bearer good',
  `Content-Length: ${BODY.length}`,
];
/** The bytes of a request with these header lines. */
const bytes = (...lines: string[]) => ['POST /graphql HTTP/1.1', ...lines, 'Connection: close', '', BODY].join('\r\n');

interface Told {
  readonly status: number;
  readonly body: { data?: unknown; errors?: { message: string; extensions: Record<string, unknown> }[] };
}

/** The answer to bytes, once its connection has ended; null if there is none. */
async function told(sent: string): Promise<Told | null> {
  const connection = wire(gateway.url, sent);
  // An answer that does not come is none.
  connection.socket.setTimeout(10_000, () => connection.socket.destroy());
  await connection.gone;
  const [head = '', body = ''] = connection.text().split('\r\n\r\n');
  if (head === '') return null;
  const answer: Told = { status: Number(head.split(' ')[1]), body: JSON.parse(body) };
  const requestId = /^samsyn-request-id: (.*)$/im.exec(head)?.[1];
  for (const { extensions } of answer.body.errors ?? []) expect(extensions.requestId).toBe(requestId);
  return answer;
}

const refusal = (status: number, code: string) => ({
  status,
  body: { errors: [{ message: expect.any(String), extensions: { code, requestId: expect.any(String) } }] },
});

describe('the head of a request', () => {
  test('is read as it is', async () => {
    expect(await told(bytes(...RIGHT))).toEqual({ status: 200, body: { data: { hello: 'hello you' } } });
    const quoted = RIGHT.map((line) => line.replace('/json', '/json; charset="UTF-8"'));
    expect((await told(bytes(...quoted, 'Content-Encoding: identity')))?.status).toBe(200);
  });

  test.each([
    ['two Authorization headers', 400, [...RIGHT, 'Authorization: Bearer other']],
    ['two equal Authorization headers', 400, [...RIGHT, 'authorization: Bearer good']],
    ['two Host headers', 400, [...RIGHT, 'Host: y']],
    ['two media types', 400, [...RIGHT, 'Content-Type: text/plain']],
    ['no Host', 400, RIGHT.slice(1)],
    ['a body that is said to be compressed', 415, [...RIGHT, 'Content-Encoding: gzip']],
    ['a charset other than UTF-8', 415, RIGHT.map((line) => line.replace('/json', '/json; charset=utf-16le'))],
    [
      'a charset in the second place',
      415,
      RIGHT.map((line) => line.replace('/json', '/json; a=b ; Charset = "latin1"')),
    ],
    ['an expectation', 417, [...RIGHT, 'Expect: 200-ok']],
  ])('is refused with %s', async (_, status, lines) => {
    expect(await told(bytes(...lines))).toEqual(refusal(status, 'BAD_REQUEST'));
    expect(gateway.seen).toEqual([]);
  });
});

describe('bytes that are no request', () => {
  test.each([
    ['no HTTP', 400, 'hello\r\n\r\n'],
    ['HTTP of another version', 400, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['an unknown method', 400, 'FETCH /graphql HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a tunnel', 400, 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a broken header', 400, `GET / HTTP/1.1\r\nHost: x\r\n${CANARY}\r\n\r\n`],
    ['too long a head', 431, `GET / HTTP/1.1\r\nHost: x\r\nNote: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['two lengths', 400, bytes(...RIGHT, 'Content-Length: 7')],
    ['a length and chunks', 400, bytes(...RIGHT, 'Transfer-Encoding: chunked')],
    ['a broken chunk', 400, bytes(...RIGHT.slice(0, 4), 'Transfer-Encoding: chunked').replace(BODY, 'zz\r\n{}\r\n')],
  ])('are answered like every refusal: %s', async (_, status, sent) => {
    expect(await told(sent)).toEqual(refusal(status, 'BAD_REQUEST'));
    expect(JSON.stringify(gateway.log)).not.toContain(CANARY);
    expect(gateway.seen).toEqual([]);
  });
});

test('a body that does not arrive in time ends with the request’s deadline', async () => {
  await gateway.close();
  await serve(200);
  const begun = performance.now();
  const answer = await told(bytes(...RIGHT).slice(0, -5));
  expect(answer).toEqual(refusal(503, 'DEADLINE_EXCEEDED'));
  expect(answer?.body.errors?.[0]?.message).toBe(CONSTANT_MESSAGES.DEADLINE_EXCEEDED);
  expect(performance.now() - begun).toBeGreaterThanOrEqual(200);
  expect(gateway.seen).toEqual([]);
  expect(gateway.log.filter(({ msg }) => msg === 'request').map(({ outcome, why }) => [outcome, why])).toEqual([
    ['WITHHELD', 'DEADLINE'],
  ]);
});
