import type { Question } from '../../subgraphs/authorize.ts';
import type { Permit } from '../../subgraphs/decisions.ts';
import { type History, KINDS, type Look } from './histories.ts';
import { type Moment, momentOf } from './moment.ts';
import type { LoggedUnit, RegistryUnderTest } from './registry.ts';
import { Names } from './replay.ts';
import { type Action, type Ask, decide, type Kind, REASONS, type Unit } from './rule.ts';
import { boundariesOf, sectorOf } from './world.ts';

/** What model and registry differ in, one line each; and how many cases (instant, sector, question) were compared. */
export interface Comparison {
  readonly differences: string[];
  readonly cases: number;
}

/** A question to `authorize`, and what the model makes of it: it is one ask for each youth and kind. */
interface Case {
  readonly now: Moment;
  readonly question: Question;
  readonly asks: readonly { readonly ask: Ask; readonly units: readonly Unit[] }[];
}

/** Denials that no consent has a part in: whether an entry names one all the same is no part of the decision. */
const BEFORE_CONSENT = REASONS.slice(0, REASONS.indexOf('NOT_GRANTED')).map(String);

/** What LINK asks for. */
const NO_KIND: Kind = { category: '', whereabouts: false };

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
  looks: readonly Look[],
): Promise<Comparison> {
  replays += 1;
  const names = new Names(replays);
  const cases: Case[] = [];
  const differences: string[] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const { t, sectors } of looks) {
    const since = before;
    const due = history.world.facts.filter((fact) => since < fact.recordedAt && fact.recordedAt <= t);
    if (due.length > 0) await registry.record(due, names);
    before = t;
    const now = momentOf(history.world, t);
    const looked = await Promise.all(
      sectors.map(async (sector) => {
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

/** Every caller reads; those of the sector also write and link, and one of another sector tries to. */
function casesOf(history: History, now: Moment, sector: string, names: Names): Case[] {
  const kinds = KINDS[sector] ?? [];
  const foreign = history.callers.find(({ agency }) => sectorOf(agency) !== sector);
  return history.callers.flatMap((caller, index) => {
    const changes = caller === foreign || sectorOf(caller.agency) === sector;
    const actions: Action[] = changes ? ['READ', 'WRITE', 'LINK'] : ['READ'];
    return actions.map((action, place): Case => {
      const stated = index % 4 === 3;
      const asked = action === 'LINK' ? [NO_KIND] : kinds.slice(0, action === 'WRITE' ? 1 : undefined);
      const youths = history.youths.map((youth) => ({ id: names.id(youth), assigned: stated }));
      const requestId = names.request(now.t, sector, index * 3 + place);
      const operation = { hash: '00', name: null, requestId };
      const subject = names.subject(caller.subject);
      const actor = caller.actor === null ? null : names.subject(caller.actor);
      const question: Question = {
        caller: { ...caller, subject, actor },
        operation,
        answer: requestId,
        action,
        kinds: asked.map((kind) => ({ ...kind, fields: [] })),
        youths,
      };
      const asks = history.youths.flatMap((youth) =>
        asked.map((kind) => {
          const ask: Ask = { sector, caller, youth, kind, action, stated };
          return { ask, units: decide(now, ask) };
        }),
      );
      return { now, question, asks };
    });
  });
}

function permitDifferences(one: Case, permits: readonly Permit[], names: Names): string[] {
  const expected = one.asks.flatMap(({ ask, units }) =>
    units
      .filter(({ permit }) => permit)
      .map(({ source, grant }) => line(ask.youth, ask.kind, [source, grant?.dataFrom, grant?.dataTo])),
  );
  const actual = permits.map((permit) =>
    line(names.symbol(permit.youth), permit, [permit.source, permit.dataFrom, permit.dataTo]),
  );
  const faults = permits.flatMap((permit) => {
    const fault = timeLeftFault(one, names.symbol(permit.youth), permit);
    return fault === null
      ? []
      : [`${heading(one)}: ${line(names.symbol(permit.youth), permit, [permit.source])}: ${fault}`];
  });
  return [...difference(`permit of ${heading(one)}`, expected, actual), ...faults];
}

function entryDifferences(cases: readonly Case[], entries: readonly LoggedUnit[], names: Names): string[] {
  const byRequest = new Map<string, LoggedUnit[]>(cases.map(({ question }) => [question.operation.requestId, []]));
  for (const entry of entries) byRequest.get(entry.request_id)?.push(entry);
  return cases.flatMap((one) => {
    const expected = one.asks.flatMap(({ ask, units }) =>
      units.map((unit) => line(ask.youth, ask.kind, aboutUnit(unit))),
    );
    const logged = byRequest.get(one.question.operation.requestId) ?? [];
    const actual = logged.map((entry) => line(names.symbol(entry.youth), entry, aboutEntry(entry, names)));
    return difference(`entry of ${heading(one)}`, expected, actual);
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
function timeLeftFault({ now, asks }: Case, youth: string, permit: Permit): string | null {
  const { source, timeLeftMs } = permit;
  const ahead = now.facts.flatMap(boundariesOf).filter((instant) => instant > now.t);
  const least = Math.min(LONGEST_LEFT, ...ahead.map((instant) => instant - now.t));
  if (timeLeftMs < least || timeLeftMs > LONGEST_LEFT) return `${timeLeftMs} ms left, expected at least ${least}`;
  const asked = asks.find(({ ask }) => ask.youth === youth && isKind(ask.kind, permit))?.ask;
  const world = { ...now.world, facts: now.facts };
  const permits = (instant: number) =>
    asked !== undefined &&
    decide(momentOf(world, instant), asked).some((unit) => unit.source === source && unit.permit);
  const outlived = ahead.filter((instant) => instant < now.t + timeLeftMs).find((instant) => !permits(instant));
  return outlived === undefined ? null : `${timeLeftMs} ms left, but it ends after ${outlived - now.t}`;
}

function isKind(kind: Kind, permit: Permit): boolean {
  // A permit without category, as for LINK, has null or nothing there.
  return kind.category === (permit.category ?? '') && kind.whereabouts === permit.whereabouts;
}

function heading({ now, asks }: Case): string {
  const ask = asks[0]?.ask;
  if (ask === undefined) return new Date(now.t).toISOString();
  const { sector, caller, action, stated } = ask;
  const who = [caller.subject, caller.actor ?? '-', caller.agency, caller.roles.join('+')].join('/');
  return `${new Date(now.t).toISOString()} ${sector}: ${who}${stated ? ', assigned,' : ''} ${action}`;
}

function line(youth: string, { category, whereabouts }: Kind, rest: readonly unknown[]): string {
  return [youth, category ?? '', whereabouts ? '(w)' : '', ...rest.map((value) => value ?? '-')].join(' ');
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
