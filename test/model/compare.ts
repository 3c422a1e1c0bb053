import { ACTIONS, type Permit, type Question, roleMask } from '../../chassis/decide/authorize.ts';
import { type History, KINDS, NO_YOUTH } from './histories.ts';
import { type Moment, momentOf } from './moment.ts';
import type { Lane, LoggedUnit } from './registry.ts';
import { Names } from './replay.ts';
import {
  type Action,
  type Ask,
  decide,
  isProtected,
  isSystem,
  type Kind,
  markedUnder,
  REASONS,
  type Unit,
} from './rule.ts';
import { all, boundariesOf, type Fact, sectorOf } from './world.ts';

/** What model and registry differ in, one line each; the units compared; and how many questions they answer. */
export interface Comparison {
  readonly differences: readonly string[];
  readonly units: readonly Unit[];
  readonly questions: number;
}

/** An ask, and what the model makes of it. */
interface Decided {
  readonly ask: Ask;
  readonly units: readonly Unit[];
}

/** A question to `authorize`: it is one ask for each youth and kind. */
interface Case {
  readonly now: Moment;
  readonly question: Question;
  readonly decided: readonly Decided[];
}

/** Where the reason is about a group's consent the entry names the group: the lowest of those that it fits (DESIGN section 2). */
const OF_A_GROUP = REASONS.slice(REASONS.indexOf('NO_CONSENT'), REASONS.indexOf('OWN')).map(String);

/** What LINK asks for. */
const NO_KIND: Kind = { category: '', whereabouts: false };

const CHANGES: readonly Action[] = ['WRITE', 'LINK', 'MANAGE'];

/** The longest that `authorize` ever leaves a permit, in milliseconds. */
const LONGEST_LEFT = 60_000;

let replays = 0;

/**
 * Replays a history in the registry under ids of its own, asks at each of its looks, and compares permits, data periods,
 * keys, times left and whole entries of the log with the model's units; until they differ, if that is enough.
 */
export async function compare(lane: Lane, history: History, oneIsEnough = false): Promise<Comparison> {
  replays += 1;
  const names = new Names(replays);
  const youths = [...history.youths, NO_YOUTH].map((youth) => names.id(youth));
  const cases: Case[] = [];
  const differences: string[] = [];
  const keys = new Map<string, string>();
  let before = Number.NEGATIVE_INFINITY;
  for (const { t, sectors } of history.looks) {
    const since = before;
    const due = history.world.facts.filter((fact) => since < fact.recordedAt && fact.recordedAt <= t);
    if (due.length > 0) await lane.record(due, names);
    before = t;
    const now = momentOf(history.world, t);
    const asked: Case[] = [];
    for (const sector of sectors) {
      const here = casesOf(history, now, sector, names);
      const questions = here.map(({ question }) => question);
      const answers = await lane.ask(sector, t, questions);
      here.forEach((one, index) => {
        differences.push(...permitDifferences(one, answers[index] ?? [], names, keys));
      });
      asked.push(...here);
    }
    differences.push(...entryDifferences(asked, await lane.entries(youths, t), names));
    cases.push(...asked);
    if (oneIsEnough && differences.length > 0) break;
  }
  const units = cases.flatMap(({ decided }) => decided.flatMap(({ units }) => units));
  return { differences, units, questions: cases.length };
}

/**
 * Every caller reads; those of the sector also write, link or manage in turn, and one of another sector tries to. Some ask
 * other kinds of every other youth.
 */
function casesOf(history: History, now: Moment, sector: string, names: Names): Case[] {
  const kinds = KINDS[sector] ?? [];
  const foreign = history.callers.find(({ agency }) => sectorOf(agency) !== sector);
  return history.callers.flatMap((caller, index) => {
    const changes = caller === foreign || sectorOf(caller.agency) === sector;
    const turn = CHANGES[(index + now.facts.length) % CHANGES.length] ?? 'WRITE';
    const actions: Action[] = changes ? ['READ', turn] : ['READ'];
    return actions.map((action, place): Case => {
      const asked = action === 'LINK' ? [NO_KIND] : kinds.slice(0, action === 'READ' ? undefined : 1);
      const youths = index % 5 === 2 ? [...history.youths, NO_YOUTH] : history.youths;
      const isAsked = (nth: number, kind: number) => asked.length === 1 || index % 3 !== 1 || (nth + kind) % 2 === 0;
      const asks = youths.flatMap((youth, nth) =>
        asked
          .filter((_, kind) => isAsked(nth, kind))
          .map((kind): Ask => ({ sector, caller, youth, kind, action, stated: index % 4 === 3 })),
      );
      const requestId = names.request(now.t, sector, index * 2 + place);
      return {
        now,
        question: questionOf(asks, asked, youths, requestId, names),
        decided: asks.map((ask) => ({ ask, units: decide(now, ask) })),
      };
    });
  });
}

function questionOf(
  asks: readonly Ask[],
  kinds: readonly Kind[],
  youths: readonly string[],
  requestId: string,
  names: Names,
): Question {
  const [ask] = asks;
  if (ask === undefined) throw new RangeError('Expected to be asked about a youth.');
  const { caller, action, stated } = ask;
  const actor = caller.actor === null ? null : names.subject(caller.actor);
  return {
    caller: { ...caller, subject: names.subject(caller.subject), actor },
    operation: { hash: 'ab', name: action === 'READ' ? 'full-view' : null, requestId },
    answer: requestId,
    action,
    kinds: kinds.map((kind) => ({ ...kind, fields: fieldsOf(kind) })),
    youths: youths.map((youth) => ({ id: names.id(youth), assigned: stated, ...kindsOf(youth, asks, kinds) })),
  };
}

const fieldsOf = ({ category, whereabouts }: Kind) => [`${category}.one`, whereabouts ? 'place' : 'other'];

/** Which of the kinds are asked of a youth, as the mask that a question has; nothing where all are. */
function kindsOf(youth: string, asks: readonly Ask[], kinds: readonly Kind[]): { kinds?: bigint } {
  const asked = asks.filter((ask) => ask.youth === youth).map(({ kind }) => kinds.indexOf(kind));
  if (asked.length === kinds.length) return {};
  return { kinds: asked.reduce((mask, place) => mask | (1n << BigInt(place)), 0n) };
}

function permitDifferences(one: Case, permits: readonly Permit[], names: Names, keys: Map<string, string>): string[] {
  const permitted = one.decided.flatMap(({ ask, units }) =>
    units.filter(({ permit }) => permit).map((unit) => ({ ask, unit })),
  );
  const expected = permitted.map(({ ask, unit: { source, grant } }) =>
    line(ask.youth, ask.kind, [source, grant?.dataFrom, grant?.dataTo]),
  );
  const actual = permits.map((permit) =>
    line(names.symbol(permit.youth), permit, [permit.source, permit.dataFrom, permit.dataTo]),
  );
  const faults = permits.flatMap((permit) => {
    const youth = names.symbol(permit.youth);
    const its = permitted.find(
      ({ ask, unit }) => ask.youth === youth && unit.source === permit.source && isKind(ask.kind, permit),
    );
    if (its === undefined) return [];
    const protection = markedUnder(one.now, its.ask, its.unit);
    return [
      ...timeLeftFaults(one.now, its.ask, its.unit, permit),
      ...keyFaults(keyMeans(its.unit, protection), permit.key, keys),
      ...keyFaults(protection, permit.protection, keys),
    ].map((fault) => `${heading(one)}: ${line(youth, permit, [permit.source])}: ${fault}`);
  });
  return [...difference(`permit of ${heading(one)}`, expected, actual), ...faults];
}

/** A permit may not outlive its reason, and is not cut short without a known boundary of what it rests on. */
function timeLeftFaults({ t, facts, world }: Moment, ask: Ask, unit: Unit, { source, timeLeftMs }: Permit): string[] {
  const ahead = facts.flatMap(boundariesOf).filter((instant) => instant > t);
  const under = facts.filter((fact) => mayEnd(ask, unit, fact)).flatMap(boundariesOf);
  const least = Math.min(LONGEST_LEFT, ...under.filter((instant) => instant > t).map((instant) => instant - t));
  if (timeLeftMs < least || timeLeftMs > LONGEST_LEFT) return [`${timeLeftMs} ms left, expected at least ${least}`];
  const outlived = ahead
    .filter((instant) => instant < t + timeLeftMs)
    .find((instant) => {
      const then = decide(momentOf({ ...world, facts }, instant), ask);
      return !then.some((unit) => unit.source === source && unit.permit);
    });
  return outlived === undefined ? [] : [`${timeLeftMs} ms left, but it ends after ${outlived - t}`];
}

/** Own data is no matter of consent, nor of a seat where none is needed. */
function mayEnd({ caller, action, stated }: Ask, { reason }: Unit, fact: Fact): boolean {
  if (reason !== 'OWN') return true;
  if (action === 'MANAGE' || (action !== 'LINK' && (stated || isSystem(caller)))) return false;
  return fact.is === 'HANDED_OVER' || fact.is === 'SEAT_ENDED';
}

/** Equal keys mean the same permit: the same grant and, if the youth is protected, the same protection; or own data. */
function keyMeans({ grant }: Unit, protection: string | null): string {
  return grant === undefined ? 'own' : `${grant.grant} ${protection ?? ''}`;
}

/** A key stands for one thing, and one key stands for it. */
function keyFaults(means: string | null, key: string | null, keys: Map<string, string>): string[] {
  if (means === null || key === null) return means === key ? [] : [`the key ${key} stands for ${means}`];
  const known = keys.get(key) ?? means;
  keys.set(key, known);
  const keysOfIt = [...keys].filter(([, meant]) => meant === means).length;
  return known === means && keysOfIt === 1 ? [] : [`the key of ${known} stands for ${means}`];
}

function entryDifferences(cases: readonly Case[], entries: readonly LoggedUnit[], names: Names): string[] {
  const byRequest = new Map<string, LoggedUnit[]>(cases.map(({ question }) => [question.operation.requestId, []]));
  for (const entry of entries) byRequest.get(entry.request_id)?.push(entry);
  return cases.flatMap((one) => {
    const expected = one.decided.flatMap(({ ask, units }) => units.map((unit) => expectedEntry(one, ask, unit, names)));
    const actual = (byRequest.get(one.question.operation.requestId) ?? []).map((entry) => actualEntry(entry, names));
    return difference(`entry of ${heading(one)}`, expected, actual);
  });
}

function expectedEntry({ now, question }: Case, ask: Ask, unit: Unit, names: Names): string {
  const { caller, kind, youth, stated } = ask;
  const isKnown = now.world.agencies.includes(caller.agency);
  const { source, permit, reason, group, consent, version, grant } = unit;
  return line(youth, kind, [
    ...[source, permit, reason, consent, version, grant?.grant],
    ...(OF_A_GROUP.includes(reason) ? [group, policyOf(now, group)] : []),
    ...[names.subject(caller.subject), question.caller.actor, isKnown ? caller.agency : `unknown ${caller.agency}`],
    ...[roleMask(caller.roles), ACTIONS[ask.action], stated, isProtected(now, youth), now.t],
    ...[question.operation.hash, question.operation.name, question.answer, fieldsOf(kind).join()],
  ]);
}

function actualEntry(entry: LoggedUnit, names: Names): string {
  const symbol = (id: string | null) => (id === null ? null : names.symbol(id));
  const { source, permitted, reason, consent, consent_version, consent_grant, group_id, programme } = entry;
  return line(names.symbol(entry.youth), entry, [
    ...[source, permitted, reason, symbol(consent), consent_version, symbol(consent_grant)],
    ...(OF_A_GROUP.includes(reason) ? [symbol(group_id), programme] : []),
    ...[entry.caller, entry.actor, entry.unknown_agency === null ? entry.agency : `unknown ${entry.unknown_agency}`],
    ...[entry.roles, entry.action, entry.assigned, entry.protected, entry.at],
    ...[entry.operation_hash, entry.operation_name, entry.answer, entry.fields],
  ]);
}

/** The programmes of the histories are named after their policies. */
function policyOf({ facts }: Moment, group: string | undefined): string | undefined {
  return all(facts, 'GROUP').find((fact) => fact.group === group)?.policy;
}

function isKind(kind: Kind, permit: Permit): boolean {
  // A permit without category, as for LINK, has null or nothing there.
  return kind.category === (permit.category ?? '') && kind.whereabouts === permit.whereabouts;
}

function heading({ now, decided }: Case): string {
  const ask = decided[0]?.ask;
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
