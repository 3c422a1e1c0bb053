import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { folders } from '../../chassis/folders.ts';
import type { Hub } from '../../hub/hub.ts';
import { type Caller, mintAssertion, signingKey } from '../../schema/caller.ts';
import { RELEASE_DEADLINE_MS } from '../../schema/deadline.ts';
import { PERSONAS, type PersonaName } from '../../schema/demo-world.ts';
import { operationHash } from '../../schema/operation-hash.ts';
import { type Answer, post } from '../setup/ask.ts';

/** Every subgraph's name. */
export const SUBGRAPHS: readonly string[] = folders().map(({ name }) => name);

/** The hub's data folder. */
export function dataFolder(hub: Hub): string {
  return dirname(dirname(hub.logFile('gateway')));
}

interface Keys {
  readonly assertionPrivateKey: string;
  readonly assertionPublicKey: string;
}

/** The keys, PEM, by which the gateway signs assertions and the subgraphs verify them. */
export function assertionKeys(hub: Hub): Keys {
  return JSON.parse(readFileSync(join(dataFolder(hub), 'secrets.json'), 'utf8')) as Keys;
}

/** The caller that a persona's token states. */
export function callerOf(persona: PersonaName): Caller {
  const { subject, agency, roles } = PERSONAS[persona];
  return { subject, actor: null, agency, roles };
}

/** A caller assertion as the gateway mints them. */
export async function assertionFor(
  hub: Hub,
  subgraph: string,
  persona: PersonaName,
  requestId: string = randomUUID(),
  lifetimeMs: number = RELEASE_DEADLINE_MS,
): Promise<string> {
  const operation = { hash: operationHash(''), name: null, requestId };
  const key = await signingKey(assertionKeys(hub).assertionPrivateKey);
  return mintAssertion(key, subgraph, callerOf(persona), operation, lifetimeMs);
}

/** Where a subgraph takes operations. */
export function subgraphUrl(hub: Hub, subgraph: string): string {
  return `http://127.0.0.1:${portOf(hub, subgraph)}/graphql`;
}

/** The port of a process of the hub. */
export function portOf(hub: Hub, name: string): number {
  const child = hub.processes.get(name);
  if (child === undefined) throw new Error(`The hub has no process ${name}.`);
  return child.port;
}

/** Asks a subgraph itself, as the gateway does for a persona. */
export async function askSubgraph(
  hub: Hub,
  subgraph: string,
  persona: PersonaName,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  const requestId = randomUUID();
  const answer = await post(
    subgraphUrl(hub, subgraph),
    { authorization: `Bearer ${await assertionFor(hub, subgraph, persona, requestId)}` },
    { query, variables },
  );
  return { ...answer, requestId };
}

/** Sends a signal to processes of the hub. */
export function signal(hub: Hub, names: readonly string[], name: NodeJS.Signals): void {
  for (const process of names) hub.processes.get(process)?.kill(name);
}
