import { expect, test } from '@jest/globals';
import type { ReleaseOutcome } from '../../process/release.ts';
import { exampleContext, exampleSchema, UnboundRelease } from '../../test/chassis/example-schema.ts';
import { settled } from '../../test/setup/held-authorizer.ts';
import { HubContext } from '../decide/context.ts';
import { Labels } from '../decide/labels.ts';
import { type KeyTable, makeChange } from './change.ts';

const labels = new Labels(exampleSchema('type Query { me: String @open(reason: "An example.") }'));
const GONE: ReleaseOutcome = { outcome: 'WITHHELD', why: 'GONE', elapsedMs: 1 };
/** Nothing here has a key. */
const KEYS: KeyTable<null, null> = { replay: async () => null, find: async () => null, keep: () => undefined };

/** A response that can leave for so many milliseconds, and whose client can go. */
class Leaving extends UnboundRelease {
  readonly #leftMs: number;
  #report: (outcome: ReleaseOutcome) => void = () => undefined;
  constructor(leftMs: number) {
    super();
    this.#leftMs = leftMs;
  }
  override timeLeft(): number {
    return this.#leftMs;
  }
  override onOutcome(report: (outcome: ReleaseOutcome) => void): void {
    this.#report = report;
  }
  goes(): void {
    this.#report(GONE);
  }
}

/** A hub in which a caller holds the whole share of places, until `free` is called, and what became of later changes. */
async function full() {
  const first = exampleContext(labels);
  let release = (): void => undefined;
  const freed = new Promise<null>((resolve) => {
    release = () => resolve(null);
  });
  const begun: string[] = [];
  const change = (name: string, context: HubContext, demand: () => Promise<null>) =>
    makeChange(
      {
        mutation: name,
        input: {},
        context,
        keys: KEYS,
        record: () => null,
        demand: () => {
          begun.push(name);
          return demand();
        },
      },
      async () => null,
    ).catch((fault: { readonly extensions?: { readonly code?: unknown } }) => fault.extensions?.code ?? 'begun');
  const held = ['a', 'b', 'c'].map((name) => change(name, first, () => freed));
  await settled();
  const later = (response: Leaving, isFenced: boolean) => {
    const context = new HubContext({ ...first, response });
    context.isFenced = isFenced;
    return change('later', context, async () => null);
  };
  const free = async () => {
    release();
    await Promise.all(held);
  };
  return { begun, later, free };
}

test('a change that finds no place while its answer can still leave is not made', async () => {
  const { begun, later, free } = await full();
  expect(await later(new Leaving(1), false)).toBe('DEADLINE_EXCEEDED');
  await free();
  expect(begun).toEqual(['a', 'b', 'c']);
});

test('a change leaves the queue when its client has gone', async () => {
  const { begun, later, free } = await full();
  const response = new Leaving(60_000);
  const waiting = later(response, false);
  response.goes();
  expect(await waiting).toBe('DEADLINE_EXCEEDED');
  await free();
  expect(begun).toEqual(['a', 'b', 'c']);
});

test('C14 a fenced change waits for its place whoever has gone', async () => {
  const { begun, later, free } = await full();
  const response = new Leaving(1);
  const waiting = later(response, true);
  response.goes();
  await free();
  expect(await waiting).toBe('begun');
  expect(begun).toEqual(['a', 'b', 'c', 'later']);
});
