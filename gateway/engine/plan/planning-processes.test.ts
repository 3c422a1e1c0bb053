import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { ask, InMemoryFederation } from '../../../test/engine/in-memory-federation.ts';
import { ENDS_THE_PLANNER, PARTS } from '../../../test/engine/parts-federation.ts';
import type { Planner } from './planner.ts';
import { PlanningProcesses } from './planning-processes.ts';

const federation = new InMemoryFederation(PARTS);
const open: Planner[] = [];
afterEach(() => {
  jest.useRealTimers();
  for (const planner of open.splice(0)) planner.close();
});

async function planning(): Promise<{ planner: Planner; ended: () => number }> {
  let ends = 0;
  const planner = new PlanningProcesses(federation.supergraph, () => {
    ends += 1;
  });
  open.push(planner);
  await planner.ready();
  return { planner, ended: () => ends };
}

const refused = { extensions: { code: 'BAD_REQUEST' } };

describe('planning in a process of its own', () => {
  test('survives an operation that ends the planner, refuses it, and remembers that', async () => {
    const { planner, ended } = await planning();
    await expect(planner.plan(ENDS_THE_PLANNER, null)).rejects.toMatchObject(refused);
    expect(await planner.plan('{ ping }', null)).toMatchObject({ kind: 'Fetch', serviceName: 'things' });
    expect(ended()).toBe(1);
    await expect(planner.plan(ENDS_THE_PLANNER, null)).rejects.toMatchObject(refused);
    expect(ended()).toBe(1);
  });

  test('plans again what was being planned beside it', async () => {
    const { planner, ended } = await planning();
    const ending = expect(planner.plan(ENDS_THE_PLANNER, null)).rejects.toMatchObject(refused);
    // One is always on its way, so that one is unfinished when the process ends.
    for (let index = 0; ended() === 0; index++) {
      expect(await planner.plan(`{ p${index}: ping }`, null)).toMatchObject({ kind: 'Fetch' });
    }
    await ending;
    // The second process ended with the operation alone.
    expect(ended()).toBe(2);
  });

  test('tells two operations of one text apart', async () => {
    const { planner } = await planning();
    const text = `query A ${ENDS_THE_PLANNER} query B { ping }`;
    await expect(planner.plan(text, 'A')).rejects.toMatchObject(refused);
    expect(await planner.plan(text, 'B')).toMatchObject({ kind: 'Fetch' });
  });

  test('plans once more what was late, since the machine may have stood still, and refuses it for now if it is late again', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    let onEnd = () => undefined as unknown;
    const planner = new PlanningProcesses(federation.supergraph, () => onEnd());
    open.push(planner);
    await planner.ready();
    // A process takes a good while for it, so that it has not answered when the time is up.
    const long = `{ ${Array.from({ length: 4_000 }, (_, index) => `p${index}: ping`).join(' ')} }`;
    const late = planner.plan(long, null);
    jest.advanceTimersByTime(5_000);
    expect(await late).toMatchObject({ kind: 'Fetch' });
    await planner.ready();
    const ended = new Promise((resolve) => {
      onEnd = () => resolve(null);
    });
    const lateTwice = expect(planner.plan(long, null)).rejects.toMatchObject({
      extensions: { code: 'DEADLINE_EXCEEDED' },
    });
    jest.advanceTimersByTime(5_000);
    await ended;
    jest.advanceTimersByTime(5_000);
    await lateTwice;
    expect(await planner.plan(long, null)).toMatchObject({ kind: 'Fetch' });
  });

  // The first is an error event, the second is thrown.
  test.each(['/nowhere/node', '/dev/null/node'])(
    'fails, and can go on, when no process can be started: %s',
    async (missing) => {
      const program = `
      const { PlanningProcesses } = await import('./planning-processes.ts');
      const planner = new PlanningProcesses(${JSON.stringify(federation.supergraph)});
      const node = process.execPath;
      process.execPath = '${missing}';
      const outcome = () => planner.plan('{ ping }', null).then(() => 'planned', ({ message }) => message);
      const outcomes = [await planner.ready().catch(({ message }) => message), await outcome()];
      process.execPath = node;
      outcomes.push(await outcome());
      // Without processes to spare, what runs goes on.
      process.execPath = '${missing}';
      outcomes.push(await outcome());
      planner.close();
      console.log(JSON.stringify(outcomes));
    `;
      const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program];
      const { stdout } = await promisify(execFile)(process.execPath, args, {
        cwd: import.meta.dirname,
        timeout: 20_000,
      });
      expect(JSON.parse(stdout)).toEqual([
        'The planning process ended before it could plan.',
        'The planning process ends before it can plan.',
        'planned',
        'planned',
      ]);
    },
    30_000,
  );

  test('rejects what has no plan, and a supergraph that it cannot read', async () => {
    const { planner } = await planning();
    await expect(planner.plan('{ nothing }', null)).rejects.toThrow('nothing');
    const broken = new PlanningProcesses('type Query { ping: String } type');
    open.push(broken);
    await expect(broken.ready()).rejects.toThrow('supergraph');
  });
});

test('different things under one name are asked under different aliases, so that the right answer comes', async () => {
  const answer = await ask(
    federation.engine({ planner: (supergraph) => new PlanningProcesses(supergraph) }),
    ENDS_THE_PLANNER,
  );
  expect(answer).toEqual({ data: { hits: [{ part: { note: 'n11' } }, { part: { note: 'n22' } }] } });
});
