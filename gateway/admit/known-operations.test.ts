import { describe, expect, test } from '@jest/globals';
import { type Asking, type Becoming, KnownOperations } from './known-operations.ts';

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
