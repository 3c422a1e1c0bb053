import { beforeAll, expect, test } from '@jest/globals';
import Fastify from 'fastify';
import { pino } from 'pino';
import { newKeyPair } from '../../process/key-pair.ts';
import { mintRouterAssertion, signingKey, verifyingKey } from '../../schema/caller.ts';
import { operationHash } from '../../schema/operation-hash.ts';
import { type Verifying, verifyCaller } from './verify-caller.ts';

const CALLER = { subject: 'p-1', actor: null, agency: 'school:skovde', roles: ['CASEWORKER'] as const };
const REQUEST_ID = '00000000-0000-4000-8000-000000000000';

let parts: Verifying;
let authorization: string;
beforeAll(async () => {
  const [gateway, router] = [newKeyPair(), newKeyPair()];
  parts = {
    sector: { name: 'school', log: pino({ level: 'silent' }) },
    assertionKey: await verifyingKey(gateway.publicKey),
    routerKey: await verifyingKey(router.publicKey),
    toleranceSeconds: 2,
  };
  const signing = await signingKey(router.privateKey);
  authorization = `Bearer ${await mintRouterAssertion(signing, ['school'], CALLER, REQUEST_ID)}`;
});

/** What a subgraph makes of a request with this body from a router. */
async function asked(body: object): Promise<unknown> {
  const app = Fastify();
  app.post('/graphql', async (request, reply) => verifyCaller(request, reply, parts));
  const { payload } = await app.inject({ method: 'POST', url: '/graphql', headers: { authorization }, body });
  await app.close();
  return JSON.parse(payload);
}

const asking = (number: string) => `mutation { linkYouth(input: { number: "${number}" }) { id } }`;

test('names a router’s operation without its literals, so that no identity number can be found by trying', async () => {
  const operation = { hash: operationHash(asking('200001012384')), name: null, requestId: REQUEST_ID };
  expect(await asked({ query: asking('200001012384') })).toEqual({ caller: CALLER, operation, gatewayWaits: false });
  expect(await asked({ query: asking('200001012392') })).toEqual({ caller: CALLER, operation, gatewayWaits: false });
});

test('names a router’s request without a query by the hash of nothing', async () => {
  const operation = { hash: operationHash(''), name: null, requestId: REQUEST_ID };
  expect(await asked({})).toEqual({ caller: CALLER, operation, gatewayWaits: false });
});
