import type { Question } from '../../subgraphs/authorize.ts';
import type { Permit } from '../../subgraphs/decisions.ts';
import { type History, KINDS } from './histories.ts';
import { type Moment, momentOf } from './moment.ts';
import type { LoggedUnit, RegistryUnderTest } from './registry.ts';
import { Names } from './replay.ts';
import { type Action, type Ask, decide, type Kind, REASONS, type Unit } from './rule.ts';
import { boundariesOf } from './world.ts';

/** What model and registry differ in, one line each; and how many cases (instant, sector, question) were compared. */
export interface Comparison {
  readonly differences: string[];
  readonly cases: number;
}

/** A question to `authorize`, and the asks that it is to the model. */
interface Case {
  readonly now: Moment;
  readonly question: Question;
  readonly asks: readonly Ask[];
}

/** Denials that no consent has a part in: whether an entry names one all the same is no part of the decision. */
const BEFORE_CONSENT = REASONS.slice(0, REASONS.indexOf('NOT_GRANTED')).map(String);

/** The longest that `authorize` ever leaves a permit, in milliseconds. */
const LONGEST_LEFT = 60_000;

let replays = 0;

/**
 * Replays a history in the registry under ids of its own, asks at each of `looks`, and compares permits, data periods,
 * times left and log entries with the model's units.
 */
export async function compare(
  registry: RegistryUnderTest,
  history: History,
  looks: readonly number[],
): Promise<Comparison> {
  replays += 1;
  const names = new Names(replays);
  const cases: Case[] = [];
  const differences: string[] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const t of looks) {
    const since = before;
    const due = history.world.facts.filter((fact) => since < fact.recordedAt && fact.recordedAt <= t);
    if (due.length > 0) await registry.record(due, names);
    before = t;
    const now = momentOf(history.world, t);
    const looked = await Promise.all(
      Object.keys(KINDS).map(async (sector) => {
        const here = casesOf(history, now, sector, names);
        const answers = await registry.ask(
          sector,
          t,
          here.map(({ question }) => question),
        );
        return here.map((one, index) => ({ one, permits: answers[index] ?? [] }));
      }),
    );
    for (const { one, permits } of looked.flat()) {
      cases.push(one);
      differences.push(...permitDifferences(one, permits, names));
    }
  }
  const entries = await registry.entries(history.youths.map((youth) => names.id(youth)));
  differences.push(...entryDifferences(cases, entries, names));
  return { differences, cases: cases.length };
}

function casesOf(history: History, now: Moment, sector: string, names: Names): Case[] {
  const kinds = KINDS[sector] ?? [];
  const nothing = [{ category: '', whereabouts: false }];
  const actions: readonly (readonly [Action, readonly Kind[]])[] = [
    ['READ', kinds],
    ['WRITE', kinds.slice(0, 1)],
    ['LINK', nothing],
  ];
  return history.callers.flatMap((caller, index) =>
    actions.map(([action, kinds], place): Case => {
      const stated = index % 4 === 3;
      const requestId = names.request(now.t, sector, index * actions.length + place);
      const question: Question = {
        caller: {
          ...caller,
          subject: names.subject(caller.subject),
          actor: caller.actor === null ? null : names.subject(caller.actor),
        },
        operation: { hash: '00', name: null, requestId },
        action,
        kinds: kinds.map((kind) => ({ ...kind, fields: [] })),
        youths: history.youths.map((youth) => ({ id: names.id(youth), assigned: stated })),
      };
      const asks = history.youths.flatMap((youth) =>
        kinds.map((kind): Ask => ({ sector, caller, youth, kind, action, stated })),
      );
      return { now, question, asks };
    }),
  );
}

function permitDifferences({ now, asks }: Case, permits: readonly Permit[], names: Names): string[] {
  const expected = asks.flatMap((ask) =>
    decide(now, ask)
      .filter(({ permit }) => permit)
      .map(({ source, grant }) => place(now, ask, [source, grant?.dataFrom, grant?.dataTo])),
  );
  const actual = permits.map((permit) =>
    place(now, askOf(asks, names.symbol(permit.youth), permit), [permit.source, permit.dataFrom, permit.dataTo]),
  );
  const times = permits.flatMap((permit) => {
    const fault = timeLeftFault(now, askOf(asks, names.symbol(permit.youth), permit), permit);
    return fault === null
      ? []
      : [`${place(now, askOf(asks, names.symbol(permit.youth), permit), [permit.source])}: ${fault}`];
  });
  return [...difference('permit', expected, actual), ...times];
}

function entryDifferences(cases: readonly Case[], entries: readonly LoggedUnit[], names: Names): string[] {
  const byRequest = new Map<string, LoggedUnit[]>();
  for (const entry of entries) byRequest.set(entry.request_id, [...(byRequest.get(entry.request_id) ?? []), entry]);
  return cases.flatMap(({ now, question, asks }) => {
    const expected = asks.flatMap((ask) => decide(now, ask).map((unit) => place(now, ask, aboutUnit(unit))));
    const actual = (byRequest.get(question.operation.requestId) ?? []).map((entry) =>
      place(now, askOf(asks, names.symbol(entry.youth), entry), aboutEntry(entry, names)),
    );
    return difference('entry', expected, actual);
  });
}

function aboutUnit({ source, permit, reason, consent, version, grant }: Unit): unknown[] {
  return [source, permit, reason, consent, version, grant?.grant];
}

function aboutEntry(entry: LoggedUnit, names: Names): unknown[] {
  const { source, permitted, reason, consent, consent_version, consent_grant } = entry;
  const symbol = (id: string | null) => (id === null ? null : names.symbol(id));
  const version = [symbol(consent), consent_version, symbol(consent_grant)];
  return [source, permitted, reason, ...(BEFORE_CONSENT.includes(reason) ? [null, null, null] : version)];
}

/** A permit may not outlive its reason, and is not cut short without a known boundary. */
function timeLeftFault(now: Moment, ask: Ask, { source, timeLeftMs }: Permit): string | null {
  const world = { ...now.world, facts: now.facts };
  const ahead = now.facts.flatMap(boundariesOf).filter((instant) => instant > now.t);
  const least = Math.min(LONGEST_LEFT, ...ahead.map((instant) => instant - now.t));
  if (timeLeftMs < least || timeLeftMs > LONGEST_LEFT) return `${timeLeftMs} ms left, expected at least ${least}`;
  const outlived = ahead
    .filter((instant) => instant < now.t + timeLeftMs)
    .find((instant) => !decide(momentOf(world, instant), ask).some((unit) => unit.source === source && unit.permit));
  return outlived === undefined ? null : `${timeLeftMs} ms left, but it ends after ${outlived - now.t}`;
}

function askOf(asks: readonly Ask[], youth: string, kind: { category: string; whereabouts: boolean }): Ask {
  const found = asks.find(
    (ask) =>
      ask.youth === youth && ask.kind.category === (kind.category ?? '') && ask.kind.whereabouts === kind.whereabouts,
  );
  if (found === undefined) throw new RangeError(`Expected a unit that was asked for, got ${JSON.stringify(kind)}.`);
  return found;
}

function place({ t }: Moment, { sector, caller, youth, kind, action, stated }: Ask, rest: readonly unknown[]): string {
  const who = [caller.subject, caller.actor, caller.agency, caller.roles.join('+')].map(shown).join('/');
  const what = `${kind.category}${kind.whereabouts ? ' (w)' : ''}`;
  const when = new Date(t).toISOString();
  return `${when} ${sector}: ${who}${stated ? ' assigned' : ''} ${action} ${youth} ${what}: ${rest.map(shown).join(' ')}`;
}

function shown(value: unknown): string {
  return value === null || value === undefined ? '-' : String(value);
}

function difference(what: string, expected: readonly string[], actual: readonly string[]): string[] {
  const model = expected.toSorted();
  const real = actual.toSorted();
  if (model.join('\n') === real.join('\n')) return [];
  const only = (these: string[], those: string[]) => these.filter((line) => !those.includes(line));
  return [
    ...only(model, real).map((line) => `${what}, model only:    ${line}`),
    ...only(real, model).map((line) => `${what}, registry only: ${line}`),
    ...(model.length === real.length ? [] : [`${what}: ${model.length} by the model, ${real.length} by the registry`]),
  ];
}
