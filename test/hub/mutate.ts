import { randomUUID } from 'node:crypto';
import type { Hub } from '../../hub/hub.ts';
import type { PersonaName } from '../../schema/demo-world.ts';
import { type Answer, ask, askWith } from '../setup/ask.ts';
import type { TestIssuer } from '../setup/issuer.ts';

/** Who asks, as the claims of a token. */
export interface Claims {
  readonly sub: string;
  readonly agency: string;
  readonly roles: readonly string[];
  /** The system that acts for the subject. */
  readonly act?: { readonly sub: string };
}

/** A hub that trusts a test's own identity provider. */
export interface Place {
  readonly hub: Hub;
  readonly issuer: TestIssuer;
}

/** Asks as whoever the claims say. */
export async function askAs(
  { hub, issuer }: Place,
  by: Claims,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  return askWith(hub, await issuer.token({ ...by, roles: [...by.roles] }), query, variables);
}

/** Sends a sector's mutation; the variable is named as the argument, so that both name a fault alike. */
export function mutate(place: Place, by: Claims, mutation: string, input: object): Promise<Answer> {
  return askAs(place, by, textOf(mutation), { input: keyed(mutation, input) });
}

/** The same, as a persona of the demo world; what it did, or why not. */
export async function say(hub: Hub, persona: PersonaName, mutation: string, input: object): Promise<Said> {
  return saidBy(await ask(hub, persona, textOf(mutation), { input: keyed(mutation, input) }));
}

/** The mutations that make something, of which most need a key. */
const MAKES = /^(?:register|record|propose|adopt|add|schedule)/;

/** The input with a key of its own, if the mutation makes something and the input has none. */
export function keyed(mutation: string, input: object): object {
  return MAKES.test(mutation) ? { idempotencyKey: randomUUID(), ...input } : input;
}

function textOf(mutation: string): string {
  // Assigning and unassigning take the same input.
  const named = mutation.replace('Unassign', 'Assign');
  const type = `${named.charAt(0).toUpperCase()}${named.slice(1)}Input`;
  return `mutation ($input: ${type}!) { ${mutation}(input: $input) { id version outcome } }`;
}

/** What a mutation did, or why not. */
export type Said = {
  readonly id?: string;
  readonly version?: number;
  readonly outcome?: string;
  readonly errors?: readonly unknown[];
};

/** The receipt of a mutation's answer, or the code and field of its errors. */
export function saidBy({ data, errors }: Answer): Said {
  const [receipt = null] = Object.values(data ?? {}) as (Said | null)[];
  return receipt ?? { errors: errors.map(({ extensions }) => extensions) };
}

/** What a mutation says that was refused. */
export function refused(code: string, field?: string): Said {
  return { errors: [{ code, ...(field === undefined ? {} : { field }) }] };
}

/** Does something for each, one after the other: in a burst of hundreds the last would be late on a busy machine. */
export async function inTurn<Item, Result>(
  items: readonly Item[],
  each: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await each(item));
  return results;
}
