import { FENCE_MS } from '../../schema/deadline.ts';
import { hasEnded, NEAR, PERMISSION_COLUMNS, type Permission } from '../../subgraphs/registry/change/permissions.ts';
import { type History, KINDS } from './histories.ts';
import { type Moment, momentOf } from './moment.ts';
import type { Lane } from './registry.ts';
import { instant, Names } from './replay.ts';
import { type Action, type Ask, decide } from './rule.ts';
import type { Fact } from './world.ts';

/** Facts that answer after the fence whatever they ended: a bar is no permission of a group. */
const ALWAYS_FENCED: readonly Fact['is'][] = ['BARRED', 'UNBARRED'];

/** From the time of a change until no answer decided before it can leave: a transaction lives ten seconds, then comes the fence. */
const ON_ITS_WAY_MS = 10_000 + FENCE_MS;

/** What was found in a history: changes that ended a permission and did not wait; how many waited, and how many did not. */
export interface Fenced {
  readonly unnoticed: readonly string[];
  readonly waited: number;
  readonly answered: number;
}

let replays = 0;

/**
 * Replays a history fact by fact, and holds what the registry would find of each (whether a permission ended, so that the answer
 * waits) against the permits of the model just before and just after it, and when the last answer decided before it may leave. What
 * another fact ended lately counts as well: whoever ends it again must wait too.
 */
export async function fencedIn(lane: Lane, { world, youths, callers }: History): Promise<Fenced> {
  replays += 1;
  const names = new Names(500_000 + replays);
  const unnoticed: string[] = [];
  const found = { waited: 0, answered: 0 };
  const waited: Fact[] = [];
  const permits = (facts: readonly Fact[], t: number) => {
    const now = momentOf({ ...world, facts }, t);
    return new Set(callers.flatMap((caller) => permitted(now, caller, youths)));
  };
  const lostBy = (fact: Fact, earlier: readonly Fact[]) => {
    const t = fact.recordedAt;
    const had = permits(earlier, t);
    const known = [...earlier, fact];
    const ahead = t + ON_ITS_WAY_MS;
    const [now, then, thenAfter] = [permits(known, t), permits(earlier, ahead), permits(known, ahead)];
    return [...had].filter((permit) => !now.has(permit) || (then.has(permit) && !thenAfter.has(permit)));
  };
  for (const [index, fact] of world.facts.entries()) {
    const t = fact.recordedAt;
    const before = await permissions(lane, t, youths, names, NEAR);
    await lane.record([fact], names);
    if (ALWAYS_FENCED.includes(fact.is)) continue;
    const waits = hasEnded(before, await permissions(lane, t, youths, names, null));
    found[waits ? 'waited' : 'answered'] += 1;
    if (waits) waited.push(fact);
    if (waits) continue;
    const earlier = world.facts.slice(0, index);
    const lately = waited.filter(({ recordedAt }) => recordedAt > t - ON_ITS_WAY_MS);
    const worlds = [earlier, ...lately.map((ended) => earlier.filter((other) => other !== ended))];
    const lost = new Set(worlds.flatMap((facts) => lostBy(fact, facts)));
    unnoticed.push(...[...lost].map((permit) => `${new Date(t).toISOString()} ${fact.is}: ${permit}`));
  }
  return { unnoticed, ...found };
}

/** The permits of a caller, to read and to link; none that an assignment gives. */
function permitted(now: Moment, caller: Ask['caller'], youths: readonly string[]): string[] {
  return Object.entries(KINDS).flatMap(([sector, kinds]) =>
    youths.flatMap((youth) =>
      kinds.flatMap((kind) =>
        (['READ', 'LINK'] satisfies Action[]).flatMap((action) =>
          decide(now, { sector, caller, youth, kind, action, stated: false })
            .filter(({ permit }) => permit)
            .map(({ source }) =>
              [
                caller.subject,
                caller.agency,
                caller.roles,
                action,
                youth,
                kind.category,
                kind.whereabouts,
                source,
              ].join(' '),
            ),
        ),
      ),
    ),
  );
}

async function permissions(
  lane: Lane,
  t: number,
  youths: readonly string[],
  names: Names,
  soon: string | null,
): Promise<Permission[]> {
  await lane.own(`SET test.now = ${instant(t)}`);
  return lane.own<Permission>(
    `SELECT ${PERMISSION_COLUMNS} FROM unnest($1::uuid[]) AS youth,
       LATERAL registry.permissions_about(youth, NULL, $2::interval)`,
    [youths.map((youth) => names.id(youth)), soon],
  );
}
