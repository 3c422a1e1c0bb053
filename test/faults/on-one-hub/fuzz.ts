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
const codesSeen = new Set<unknown>();

let hub: Hub;

beforeAll(async () => {
  hub = await sharedHub();
}, 120_000);

interface Seen {
  readonly status: number;
  readonly codes: readonly unknown[];
}

/** What came of a request. Throws if it is not an answer in the closed form. */
async function seen({ by, headers, body }: RandomRequest): Promise<Seen> {
  const authorization: Record<string, string> =
    by === null ? {} : { authorization: `Bearer ${await tokenOf(hub, by as PersonaName)}` };
  const sent = { 'content-type': 'application/json', ...authorization, ...headers };
  const response = await fetch(hub.url, { method: 'POST', headers: sent, body });
  const {
    data,
    errors = [],
    ...others
  } = (await response.json()) as {
    data?: unknown;
    errors?: { message: unknown; extensions?: Record<string, unknown> }[];
  };
  expect(others).toEqual({});
  if (data === undefined) expect(errors.length).toBeGreaterThan(0);
  for (const { message, extensions } of errors) {
    expect(ERROR_CODES).toContain(extensions?.code);
    expect([typeof message, extensions?.requestId]).toEqual([
      'string',
      response.headers.get('samsyn-request-id') ?? 'missing',
    ]);
  }
  return { status: response.status, codes: errors.map(({ extensions }) => extensions?.code) };
}

/** Asks again while the machine is too busy; an answer that stays the hub's fault is one. */
async function settled(request: RandomRequest): Promise<Seen> {
  let left = 5;
  return until('an answer', async () => {
    const answer = await seen(request);
    left -= 1;
    return left > 0 && answer.codes.some((code) => BUSY.includes(code)) ? undefined : answer;
  });
}

test(
  `nothing that a client sends is the hub’s fault: ${REQUESTS} random requests (SAMSYN_FUZZ_SEED=${SEED})`,
  async () => {
    const choices = fc.array(fc.nat(100_000), { minLength: 30, maxLength: 120 });
    const some = fc.array(choices, { minLength: AT_ONCE, maxLength: AT_ONCE });
    const property = fc.asyncProperty(some, async (all) => {
      const made = all.map((each) => requests.request(each));
      const answers = await Promise.all(made.map(settled));
      const faults = answers.flatMap((answer, index) =>
        answer.status === 500 || answer.codes.some((code) => HUBS_FAULTS.includes(code))
          ? [{ ...answer, request: made[index] }]
          : [],
      );
      for (const { codes } of answers) for (const code of codes) codesSeen.add(code);
      expect(faults).toEqual([]);
    });
    await fc.assert(property, { numRuns: REQUESTS / AT_ONCE, seed: SEED });
    // It gets past every door, and not only to the first.
    expect([...codesSeen]).toEqual(
      expect.arrayContaining(['UNAUTHENTICATED', 'BAD_REQUEST', 'GRAPHQL_PARSE_FAILED', 'BAD_USER_INPUT', 'FORBIDDEN']),
    );
  },
  LIMIT_MS,
);
