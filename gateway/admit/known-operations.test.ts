import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { buildASTSchema, parse } from 'graphql';
import { fencedFieldsOf } from './bounds.ts';
import { type Asking, type Becoming, KnownOperations } from './known-operations.ts';
import { NEVER_REFUSED } from './urgent.ts';

/** A request whose end the test decides. */
class Request implements Asking {
  readonly #reports: (() => void)[] = [];
  late = false;

  timeLeft(): number {
    return this.late ? 0 : 1_000;
  }

  onOutcome(report: () => void): void {
    this.#reports.push(report);
  }

  end(): void {
    for (const report of this.#reports) report();
  }
}

function become({ validated, planned }: Becoming): void {
  validated();
  planned();
}

const text = (index: number) => `{ a${index}: a }`;
const codeOf = (fault: unknown) => (fault as { extensions?: { code?: unknown } }).extensions?.code;

describe('new operations', () => {
  test('come in one after the other, each when the one before is planned; known ones pass them', async () => {
    const operations = new KnownOperations();
    const known = await operations.admit(text(0), new Request());
    become(known);
    const first = await operations.admit(text(1), new Request());
    let secondIsIn = false;
    const second = operations.admit(text(2), new Request()).then((admitted) => {
      secondIsIn = true;
      return admitted;
    });
    expect((await operations.admit(text(0), new Request())).hash).toBe(known.hash);
    first.validated();
    expect(secondIsIn).toBe(false);
    first.planned();
    expect((await second).document?.operations).toHaveLength(1);
  });

  test('let the next one in when they are rejected or given up', async () => {
    const operations = new KnownOperations();
    const tooDeep = `${'{a'.repeat(20)}${'}'.repeat(20)}`;
    const request = new Request();
    await expect(operations.admit(tooDeep, request)).rejects.toThrow('levels of fields');
    const next = operations.admit(text(1), new Request());
    request.end();
    expect((await next).document).not.toBeNull();
  });

  test('are known only when they have been validated', async () => {
    const operations = new KnownOperations();
    const first = new Request();
    await operations.admit(text(1), first);
    first.end();
    const again = operations.admit(text(1), new Request());
    const passes = operations.admit(text(2), new Request());
    become(await again);
    become(await passes);
    // Both are known now: neither waits for the other.
    await operations.admit(text(1), new Request());
    await operations.admit(text(2), new Request());
  });

  test('get an error when 200 wait, and when their turn comes too late', async () => {
    const operations = new KnownOperations();
    const first = await operations.admit(text(0), new Request());
    const requests = Array.from({ length: 201 }, () => new Request());
    const outcomes = requests.map((request, index) =>
      operations.admit(text(index + 1), request).then(
        () => 'admitted',
        (fault: unknown) => codeOf(fault),
      ),
    );
    expect(await outcomes[200]).toBe('RATE_LIMITED');
    for (const request of requests.slice(0, 199)) request.late = true;
    become(first);
    expect(await Promise.all(outcomes.slice(0, 200))).toEqual([...Array(199).fill('DEADLINE_EXCEEDED'), 'admitted']);
  });
});

/** The order in which new operations are let in, each after the one before is planned. */
async function orderOf(
  operations: KnownOperations,
  asking: readonly (readonly [name: string, text: string, caller: string])[],
): Promise<string[]> {
  const order: string[] = [];
  await Promise.all(
    asking.map(async ([name, text, caller]) => {
      const outcome = await operations.admit(text, new Request(), caller).then(
        (admitted) => {
          become(admitted);
          return name;
        },
        (fault: unknown) => `${name} ${codeOf(fault)}`,
      );
      order.push(outcome);
    }),
  );
  return order;
}

describe('new operations of several callers', () => {
  const flood = (count: number, from = 0) =>
    Array.from({ length: count }, (_, index) => [`a${index}`, text(from + index), 'a'] as const);

  test('are let in by caller in turn: one who sends many at once holds up nobody', async () => {
    const order = await orderOf(new KnownOperations(), [
      ...flood(150),
      ['b', text(1_000), 'b'],
      ['c', text(1_001), 'c'],
    ]);
    expect(order.slice(0, 4)).toEqual(['a0', 'a1', 'b', 'c']);
    expect(order).toHaveLength(152);
  });

  test('are refused to one who has 200 waiting, and to nobody else', async () => {
    const order = await orderOf(new KnownOperations(), [...flood(300), ['b', text(1_000), 'b']]);
    expect(order.filter((each) => each.endsWith('RATE_LIMITED'))).toHaveLength(99);
    expect(order).toContain('b');
  });

  test('take nobody’s place when far too many wait: whoever has the most waiting loses the latest', async () => {
    const many = Array.from({ length: 20 }, (_, caller) =>
      flood(100, caller * 100).map(([, new_]) => [`m${caller}`, new_, `m${caller}`] as const),
    ).flat();
    const operations = new KnownOperations();
    const first = await operations.admit(text(9_000), new Request(), 'first');
    const order = orderOf(operations, [...many, ...flood(150, 5_000), ['b', text(8_000), 'b']]);
    become(first);
    const outcomes = await order;
    expect(outcomes.filter((each) => each.endsWith('RATE_LIMITED'))).toHaveLength(151);
    expect(outcomes).toContain('b');
  }, 20_000);

  test('do not wait behind what a client gave up', async () => {
    const operations = new KnownOperations();
    const first = await operations.admit(text(0), new Request(), 'a');
    const given = Array.from({ length: 200 }, () => new Request());
    const outcomes = given.map((request, index) => operations.admit(text(index + 1), request, 'a').catch(codeOf));
    for (const request of given) request.end();
    // At once, though the first still has its turn; and their room is free.
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['DEADLINE_EXCEEDED']));
    const next = operations.admit(text(300), new Request(), 'a');
    become(first);
    become(await next);
  });

  test('are refused to nobody because another’s urgent ones, or what looks like them, wait', async () => {
    const operations = new KnownOperations();
    const first = await operations.admit(text(0), new Request(), 'first');
    const looksUrgent = Array.from({ length: 2_000 }, (_, index) => {
      const request = new Request();
      return {
        request,
        outcome: operations.admit(`${text(index + 1)} # withdrawConsent`, request, 'a').then(become, codeOf),
      };
    });
    const own = operations.admit(text(8_000), new Request(), 'a').catch(codeOf);
    const order = orderOf(operations, [['b', text(9_000), 'b']]);
    become(first);
    expect(await order).toEqual(['b']);
    // The caller’s own wait behind them.
    expect(await own).toBe('RATE_LIMITED');
    for (const { request } of looksUrgent) request.end();
    await Promise.all(looksUrgent.map(({ outcome }) => outcome));
  });

  test('take no second turn for more than 20 urgent ones of one caller at a time, and refuse none of them', async () => {
    const urgent = Array.from(
      { length: 300 },
      (_, index) => [`u${index}`, `${text(index)} # refuseConsent`, 'a'] as const,
    );
    const order = await orderOf(new KnownOperations(), [
      ['a', text(1_000), 'a'],
      ['first', text(1_001), 'a'],
      ...urgent,
      ...Array.from({ length: 100 }, (_, index) => [`b${index}`, text(2_000 + index), 'b'] as const),
    ]);
    expect(order).not.toContain(expect.stringContaining('RATE_LIMITED'));
    expect(order).toHaveLength(402);
    // In the first rounds two turns for one of the other caller's, then one for one.
    expect(order.slice(0, 1 + 3 * 20).filter((name) => name.startsWith('b'))).toHaveLength(20);
    expect(order.slice(61, 61 + 2 * 50).filter((name) => name.startsWith('b'))).toHaveLength(50);
  }, 20_000);

  test('are never refused when they withdraw or refuse a consent, and pass the caller’s others', async () => {
    const withdrawal = 'mutation W($input: StatementInput!) { withdrawConsent(input: $input) { id } }';
    const refusal = withdrawal.replace('withdraw', 'refuse');
    const operations = new KnownOperations();
    const order = await orderOf(operations, [
      ...flood(201),
      ['withdrawal', withdrawal, 'a'],
      ['refusal', refusal, 'a'],
      // Too long for one.
      ['other', withdrawal.padEnd(4_001), 'a'],
    ]);
    expect(order).toContain('other RATE_LIMITED');
    expect(order.indexOf('withdrawal')).toBeLessThan(order.indexOf('a2'));
    expect(order.indexOf('refusal')).toBeLessThan(order.indexOf('a3'));
  });
});

test('names mutations as never refused that the supergraph has, and that are fenced', async () => {
  const supergraph = await readFile(new URL('../../schema/generated/supergraph.graphql', import.meta.url), 'utf8');
  const fenced = fencedFieldsOf(buildASTSchema(parse(supergraph), { assumeValidSDL: true }));
  expect(NEVER_REFUSED.filter((name) => !fenced.has(name))).toEqual([]);
});

test('knows published operations from the start, with another schema too', async () => {
  const operations = new KnownOperations(['{ published }\n']);
  operations.forget(new Set());
  const blocking = await operations.admit(text(0), new Request(), 'a');
  for (const published of ['{ published }\n', '{ published }']) {
    expect((await operations.admit(published, new Request(), 'b')).document?.operations).toHaveLength(1);
  }
  operations.forget(new Set(['end']));
  await operations.admit('{ published }', new Request(), 'b');
  become(blocking);
});

test('reads nothing of a request that is over, and lets the next one in', async () => {
  const operations = new KnownOperations();
  const first = await operations.admit(text(0), new Request());
  const gone = new Request();
  const refused = operations.admit('what is not GraphQL {', gone).catch(codeOf);
  const next = operations.admit(text(1), new Request());
  gone.end();
  become(first);
  expect(await refused).toBe('DEADLINE_EXCEEDED');
  expect((await next).document).not.toBeNull();
});

test('forgets all texts for another schema, and decides again which are fenced', async () => {
  const operations = new KnownOperations();
  const mutation = 'mutation { end }';
  const before = await operations.admit(mutation, new Request());
  expect(before.document?.operations[0]?.fenced).toBe(false);
  operations.forget(new Set(['end']));
  become(before);
  const after = await operations.admit(mutation, new Request());
  expect(after.document?.operations[0]?.fenced).toBe(true);
});
