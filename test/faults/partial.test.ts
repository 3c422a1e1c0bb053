import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { folderNamed } from '../../chassis/folders.ts';
import type { Hub } from '../../hub/hub.ts';
import { DEMO_YOUTHS } from '../../schema/demo-world.ts';
import { CONSTANT_MESSAGES } from '../../schema/errors.ts';
import { VIEW } from '../hub/demo-expectations.ts';
import { refused, say } from '../hub/mutate.ts';
import { type Answer, type ArrivedError, ask } from '../setup/ask.ts';
import { startTestHub } from '../setup/hub.ts';
import { type Gate, gate } from './gate.ts';
import { leaksInLogs } from './logs.ts';
import { portOf, SUBGRAPHS, signal } from './subgraph.ts';
import { inTime, until } from './until.ts';

const FULL_VIEW = readFileSync(new URL('../../schema/operations/full-view.graphql', import.meta.url), 'utf8').replace(
  '    id\n',
  '    id groups { id status } consents { id status }\n',
);
const YOUTH = DEMO_YOUTHS.protected.id;

/** Every choice of subgraphs, the empty one included. */
const SUBSETS = Array.from({ length: 2 ** SUBGRAPHS.length }, (_, subset) =>
  SUBGRAPHS.filter((_, index) => (subset & (1 << index)) !== 0),
);

let hub: Hub;
let end: () => Promise<void>;
/** One before each subgraph, so that it can be away and back without the seconds of a start. */
const gates = new Map<string, Gate>();
let whole: Answer;

beforeAll(async () => {
  const urls: Record<string, string> = {};
  for (const name of SUBGRAPHS) {
    const opened = await gate(() => portOf(hub, name));
    gates.set(name, opened);
    urls[`SAMSYN_${folderNamed(name).key}_URL`] = `http://127.0.0.1:${opened.port}/graphql`;
  }
  ({ hub, end } = await startTestHub({ env: { gateway: urls } }));
  whole = await inTime(view);
}, 120_000);

afterAll(async () => {
  await end();
  for (const { close } of gates.values()) close();
});

const view = () => ask(hub, 'police-officer', FULL_VIEW, { youthId: YOUTH });

test('nothing is lost while every subgraph answers, and denials inside records have their place', () => {
  expect(Object.keys(whole.data?.youth ?? {}).sort()).toEqual(
    ['consents', 'groups', 'id', ...Object.keys(VIEW)].sort(),
  );
  expect(whole.errors.map(({ extensions }) => extensions?.code)).toContain('CONSENT_REQUIRED');
  expect(whole.errors.map(({ extensions }) => extensions?.code)).not.toContain('SUBGRAPH_UNAVAILABLE');
});

test.each(SUBSETS.map((away) => ({ away })))('without $away a view lacks exactly their fields', async ({ away }) => {
  for (const name of away) gates.get(name)?.refuse();
  const { data, errors } = await view();
  for (const name of away) gates.get(name)?.open();

  expect({ data, errors }).toEqual(without(away));
});

test.each([{ stopped: ['school'] }, { stopped: ['registry', 'police'] }, { stopped: SUBGRAPHS }])(
  'with the processes of $stopped standing still a view lacks exactly their fields',
  async ({ stopped }) => {
    signal(hub, stopped, 'SIGSTOP');
    const { data, errors } = await view();
    signal(hub, stopped, 'SIGCONT');

    expect({ data, errors }).toEqual(without(stopped));
    expect(await until('the whole view', wholeView)).toBe(true);
  },
);

test('with processes killed a view lacks exactly their fields, until they are started again', async () => {
  const killed = ['leisure', 'registry'];
  signal(hub, killed, 'SIGKILL');
  await Promise.all(killed.map((name) => hub.processes.get(name)?.gone));
  const { data, errors } = await view();
  await Promise.all(killed.map((name) => hub.restart(name)));

  expect({ data, errors }).toEqual(without(killed));
  expect(await until('the whole view', wholeView)).toBe(true);
});

test('with the sectors’ databases stopped their fields say so, and what is denied is denied as ever', async () => {
  await hub.postgres.sectors.stop();
  const { data, errors } = await view();
  const written = await say(hub, 'police-officer', 'recordSuspicion', {
    youthId: YOUTH,
    offenceGroup: 'VIOLENCE',
    date: '2026-01-10',
    status: 'REPORTED',
  });
  await hub.postgres.sectors.start();

  const { id, groups, consents } = (whole.data?.youth ?? {}) as Readonly<Record<string, unknown>>;
  const lost = Object.fromEntries(Object.keys(VIEW).map((field) => [field, null]));
  // Another agency's decision needs the registry alone; the own agency's database says who is assigned.
  const denied = (field: string) =>
    whole.errors.find(({ path }) => path?.length === 2 && path[1] === field && subgraphOf(field) !== 'police');
  const expected = Object.keys(VIEW).map((field) => denied(field) ?? unavailable(field));
  expect(data).toEqual({ youth: { id, groups, consents, ...lost } });
  expect(errors.toSorted(byPlace)).toEqual(expected.toSorted(byPlace));
  expect(expected.some(({ extensions }) => extensions?.code === 'CONSENT_REQUIRED')).toBe(true);
  expect(written).toEqual(refused('SUBGRAPH_UNAVAILABLE'));
  expect(await until('the whole view', wholeView)).toBe(true);
});

test('no log carries a value, an identity number or a token', () => {
  expect(leaksInLogs(hub)).toEqual([]);
});

async function wholeView(): Promise<true | undefined> {
  return (await view()).text === whole.text ? true : undefined;
}

/** The whole view without the fields of some subgraphs: each null, with one error in its place. */
function without(away: readonly string[]): { data: unknown; errors: unknown } {
  const youth = { ...(whole.data?.youth as Record<string, unknown> | undefined) };
  const lost = Object.keys(youth).filter((field) => field !== 'id' && away.includes(subgraphOf(field)));
  for (const field of lost) youth[field] = null;
  const errors = [...whole.errors.filter(({ path }) => !lost.includes(String(path?.[1]))), ...lost.map(unavailable)];
  return { data: { youth }, errors: errors.sort(byPlace) };
}

function unavailable(field: string): ArrivedError {
  return {
    message: CONSTANT_MESSAGES.SUBGRAPH_UNAVAILABLE,
    path: ['youth', field],
    extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
  };
}

const byPlace = (a: ArrivedError, b: ArrivedError): number => (placeOf(a.path) < placeOf(b.path) ? -1 : 1);

/** Errors come in the order of their places. */
function placeOf(path: readonly (string | number)[] | undefined): string {
  return (path ?? []).map((key) => (typeof key === 'number' ? String(key).padStart(6, '0') : key)).join('\0');
}

function subgraphOf(field: string): string {
  return VIEW[field]?.sector ?? 'registry';
}
