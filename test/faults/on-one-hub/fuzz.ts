import { readdirSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Hub } from '../../../hub/hub.ts';
import type { PersonaName } from '../../../schema/demo-world.ts';
import { ERROR_CODES } from '../../../schema/errors.ts';
import { tokenOf } from '../../setup/ask.ts';
import { tries } from '../../setup/depth.ts';
import { until } from '../until.ts';
import { type RandomRequest, RandomRequests } from './random-request.ts';
import { sharedHub } from './shared-hub.ts';

/** Requests per run, and how many are on their way at once. */
const REQUESTS = Number(process.env.SAMSYN_FUZZ_REQUESTS ?? tries(500, 5_000));
const AT_ONCE = 10;
const SEED = Number(process.env.SAMSYN_FUZZ_SEED ?? Date.now() % 2 ** 31);
/** However many there are and however slow the machine is, they take less. */
const LIMIT_MS = 3_600_000;

/** Codes that say that the hub, and not the client, is at fault. */
const HUBS_FAULTS: readonly unknown[] = ['INTERNAL_SERVER_ERROR', 'SUBGRAPH_UNAVAILABLE', 'LOG_UNAVAILABLE'];
/** What a busy machine may cause, and a second try mends. */
const BUSY: readonly unknown[] = ['SUBGRAPH_UNAVAILABLE', 'LOG_UNAVAILABLE', 'DEADLINE_EXCEEDED', 'RATE_LIMITED'];

const operations = new URL('../../../schema/operations/', import.meta.url);
const published = readdirSync(operations).flatMap((file) => /^(.*)\.graphql$/.exec(file)?.[1] ?? []);
const requests = new RandomRequests(published);

let hub: Hub;

beforeAll(async () => {
  hub = await sharedHub();
}, 120_000);

interface Seen {
  readonly status: number;
  readonly codes: readonly unknown[];
  /** The reason that it is no answer in the closed form; null if it is one. */
  readonly flaw: string | null;
}

/** What came of a request. */
async function seen({ by, headers, body }: RandomRequest): Promise<Seen> {
  const authorization: Record<string, string> =
    by === null ? {} : { authorization: `Bearer ${await tokenOf(hub, by as PersonaName)}` };
  const sent = { 'content-type': 'application/json', ...authorization, ...headers };
  const response = await fetch(hub.url, { method: 'POST', headers: sent, body });
  const text = await response.text();
  const {
    data,
    errors = [],
    ...others
  } = JSON.parse(text) as {
    data?: unknown;
    errors?: { message: unknown; extensions?: Record<string, unknown> }[];
  };
  const requestId = response.headers.get('samsyn-request-id') ?? 'missing';
  const isClosed = errors.every(
    ({ message, extensions }) =>
      typeof message === 'string' &&
      ERROR_CODES.some((code) => code === extensions?.code) &&
      extensions?.requestId === requestId,
  );
  const isAnswer = Object.keys(others).length === 0 && (data !== undefined || errors.length > 0);
  return {
    status: response.status,
    codes: errors.map(({ extensions }) => extensions?.code),
    flaw: isClosed && isAnswer ? null : text,
  };
}

/** Asks again while the machine is too busy; an answer that stays the hub’s fault is one. */
async function settled(request: RandomRequest): Promise<Seen> {
  let left = 5;
  return until('an answer', async () => {
    const answer = await seen(request);
    left -= 1;
    return left > 0 && answer.codes.some((code) => BUSY.includes(code)) ? undefined : answer;
  });
}

const isFault = ({ status, codes, flaw }: Seen) =>
  status === 500 || flaw !== null || codes.some((code) => HUBS_FAULTS.includes(code));

test(
  `nothing that a client sends is the hub’s fault: ${REQUESTS} random requests (SAMSYN_FUZZ_SEED=${SEED})`,
  async () => {
    const choices = fc.array(fc.nat(100_000), { minLength: 30, maxLength: 120 });
    const made = fc.sample(choices, { numRuns: REQUESTS, seed: SEED }).map((each) => requests.request(each));
    const codesSeen = new Set<unknown>();
    const faults: unknown[] = [];
    while (made.length > 0) {
      const some = made.splice(0, AT_ONCE);
      const answers = await Promise.all(some.map(settled));
      for (const { codes } of answers) for (const code of codes) codesSeen.add(code);
      faults.push(
        ...answers.flatMap((answer, index) => (isFault(answer) ? [{ ...answer, request: some[index] }] : [])),
      );
    }
    expect(faults).toEqual([]);
    // It gets past every door, and not only to the first.
    expect([...codesSeen]).toEqual(
      expect.arrayContaining(['UNAUTHENTICATED', 'BAD_REQUEST', 'GRAPHQL_PARSE_FAILED', 'BAD_USER_INPUT', 'FORBIDDEN']),
    );
  },
  LIMIT_MS,
);
