import { describe, expect, test } from '@jest/globals';
import { CASEWORKER } from '../../test/chassis/example-schema.ts';
import { type Flush, settled, startAuthorizer } from '../../test/setup/held-authorizer.ts';
import type { Answered } from './authorize.ts';

describe('the outcome of an answer', () => {
  const became = (n: number, given: Partial<Answered> = {}): Answered => ({
    caller: CASEWORKER,
    operation: { hash: 'ab', name: null, requestId: `request-${n}` },
    answer: `answer-${n}`,
    outcome: 'RELEASED',
    why: null,
    elapsedMs: 12.9,
    records: { 'police.talk': n },
    ...given,
  });
  const told = (n: number, given: object = {}) => ({
    outcome: 'RELEASED',
    answer: `answer-${n}`,
    why: null,
    elapsed_ms: 12,
    records: { 'police.talk': n },
    ...given,
  });
  const outcomesIn = ({ values }: Flush): unknown => JSON.parse(String(values[17]));

  test('goes into the log with the next question, and once', async () => {
    const { authorizer, decide, flush, flushes } = startAuthorizer();
    authorizer.note(became(1));
    authorizer.note(became(2, { outcome: 'WITHHELD', why: 'DEADLINE' }));
    await settled();
    expect(flushes).toEqual([]);
    decide(3);
    await settled();
    flush(0).answer([]);
    decide(4);
    await settled();

    expect(flushes.map(outcomesIn)).toEqual([[told(1), told(2, { outcome: 'WITHHELD', why: 'DEADLINE' })], []]);
  });

  test('goes alone when it must be logged at once', async () => {
    const { authorizer, flush } = startAuthorizer();
    authorizer.note(became(1));
    const telling = authorizer.tell();
    await settled();

    expect(flush(0).requestIds).toEqual([]);
    expect(outcomesIn(flush(0))).toEqual([told(1)]);
    flush(0).answer([]);
    await telling;
  });

  test('keeps nobody from asking when the log rejects it, and is not sent again', async () => {
    const { authorizer, decide, flush } = startAuthorizer();
    authorizer.note(became(1));
    const telling = authorizer.tell();
    await settled();
    flush(0).fail(new Error('the log is full'));
    await telling;
    decide(2);
    await settled();

    expect(outcomesIn(flush(1))).toEqual([]);
  });
});
