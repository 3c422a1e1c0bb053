import { randomUUID } from 'node:crypto';
import { afterAll } from '@jest/globals';
import { until } from '../../faults/until.ts';
import { sql } from '../../setup/ask.ts';
import { startTestHub } from '../../setup/hub.ts';
import { startTestIssuer } from '../../setup/issuer.ts';
import { askAs, type Claims, keyed, type Place, type Said, saidBy } from '../mutate.ts';

let started: Promise<Place & { readonly end: () => Promise<void> }> | undefined;

/** The hub in which all cases of this suite are lived; they do not disturb each other. It ends with the suite. */
export async function sharedPlace(): Promise<Place> {
  started ??= start();
  return started;
}

async function start() {
  const issuer = await startTestIssuer();
  const { hub, end } = await startTestHub({ env: { gateway: { SAMSYN_OIDC_ISSUER: issuer.url } } });
  const endAll = async () => {
    await end();
    await issuer.end();
  };
  return { hub, issuer, end: endAll };
}

afterAll(async () => {
  // A change that nobody has heard yet is still under way.
  await Promise.allSettled(begun.map(({ said }) => said));
  await (await started)?.end();
});

/** Claims of one role. */
export const by = (sub: string, agency: string, role: string): Claims => ({ sub, agency, roles: [role] });

/** The manager of an agency who names who sits for it. */
export const managerOf = (agency: string): Claims => by(`m-${agency.replace(':', '-')}`, agency, 'MANAGER');

/** An instant so many days ago; negative days lie ahead. */
export const ago = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();

/** Rows of the registry, as its owner sees them. */
export async function registry<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
  return sql((await sharedPlace()).hub, 'SAMSYN_REGISTRY_OWNER_URL', text, values) as Promise<Row[]>;
}

/** The operation of a mutation of the registry. */
export function operationOf(mutation: string): string {
  const isStatement = mutation === 'withdrawConsent' || mutation === 'refuseConsent';
  const type = isStatement ? 'Statement' : mutation.charAt(0).toUpperCase() + mutation.slice(1);
  return `mutation ($input: ${type}Input!) { ${mutation}(input: $input) { id outcome } }`;
}

/** Makes a change in the registry. */
export async function say(who: Claims, mutation: string, input: object): Promise<Said> {
  return saidBy(await askAs(await sharedPlace(), who, operationOf(mutation), { input: keyed(mutation, input) }));
}

/** Makes a change that must succeed; its id. */
export async function made(who: Claims, mutation: string, input: object): Promise<string> {
  const said = await say(who, mutation, input);
  if (said.id === undefined) throw new Error(`${mutation} said ${JSON.stringify(said)}`);
  return said.id;
}

/** A change that was recorded and had not answered yet. */
interface Begun {
  readonly mutation: string;
  readonly id: string;
  readonly said: Promise<Said>;
  readonly tookMs: Promise<number>;
}

/** Longer than any change takes to answer, which ends the wait first. */
const RECORDED_WITHIN_MS = 30_000;

/** Changes that were recorded and had not answered yet. The last test of the suite hears the answers. */
export const begun: Begun[] = [];

/**
 * Makes a change that must succeed, and goes on as soon as it is recorded: a fenced one answers seconds later. Gives the id
 * of what was recorded.
 */
export async function begin(who: Claims, mutation: string, input: object): Promise<string> {
  const given = { idempotencyKey: randomUUID(), ...input };
  const answer = { isThere: false };
  const askedAt = performance.now();
  const said = say(who, mutation, given).finally(() => {
    answer.isThere = true;
  });
  const tookMs = said.then(() => performance.now() - askedAt);
  const lookFor = async () => {
    const isLast = answer.isThere;
    const [recorded] = await registry<{ thing: string }>(
      'SELECT thing FROM registry.answered_key WHERE mutation = $1 AND key = $2',
      [mutation, given.idempotencyKey],
    );
    if (recorded === undefined && isLast) throw new Error(`${mutation} said ${JSON.stringify(await said)}`);
    return recorded?.thing;
  };
  const id = await until(`${mutation} is recorded`, lookFor, RECORDED_WITHIN_MS);
  begun.push({ mutation, id, said, tookMs });
  return id;
}
