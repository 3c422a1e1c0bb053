import { describe, expect, test } from '@jest/globals';
import { exampleContext, exampleSchema, permit, UnboundRelease, youthId } from '../../test/chassis/example-schema.ts';
import { settled, startAuthorizer } from '../../test/setup/held-authorizer.ts';
import { Decisions, decide } from './decide.ts';
import { Labels } from './labels.ts';

const talk = { category: 'school.talk', whereabouts: false };
const talkPlace = { category: 'school.talk', whereabouts: true };
const report = { category: 'school.report', whereabouts: false };
const labels = new Labels(
  exampleSchema(`
    type Query @open(reason: "An example.") { a: Int }
    type Youth {
      talks: String @consent(category: "school.talk")
      talkPlace: String @consent(category: "school.talk", whereabouts: true)
      reports: String @consent(category: "school.report")
    }
  `),
);
const [talkBit, placeBit, reportBit] = [labels.bit(talk), labels.bit(talkPlace), labels.bit(report)];
const [anna, bo] = [youthId(1), youthId(2)];

test('C2 denies what was not decided', () => {
  const decisions = new Decisions([permit(anna, 'school:a', talk)], labels);

  expect(decisions.permits(bo, talkBit)).toBe(false);
  expect(decisions.permits(anna, reportBit)).toBe(false);
  expect(decisions.permitsFrom(anna, 'school:b', talkBit)).toBe(false);
  expect(Decisions.none.permits(anna, talkBit)).toBe(false);
});

test('opens only the records of the agency that the permit is for', () => {
  const decisions = new Decisions([permit(anna, 'school:a', talk), permit(anna, 'school:b', report)], labels);

  expect(decisions.permitsFrom(anna, 'school:a', talkBit)).toBe(true);
  expect(decisions.permitsFrom(anna, 'school:a', reportBit)).toBe(false);
  expect(decisions.permitsFrom(anna, 'school:b', talkBit)).toBe(false);
  expect(decisions.permitsFrom(anna, 'school:b', reportBit)).toBe(true);
});

test('does not add up the permits of two agencies', () => {
  const split = new Decisions([permit(anna, 'school:a', talk), permit(anna, 'school:b', talkPlace)], labels);
  const whole = new Decisions([permit(anna, 'school:a', talk), permit(anna, 'school:a', talkPlace)], labels);

  expect(split.permits(anna, talkBit | placeBit)).toBe(false);
  expect(whole.permits(anna, talkBit | placeBit)).toBe(true);
});

test('C16 permits whereabouts apart from the rest of the category, both ways', () => {
  const rest = new Decisions([permit(anna, 'school:a', talk)], labels);
  const place = new Decisions([permit(anna, 'school:a', talkPlace)], labels);

  expect([rest.permits(anna, talkBit), rest.permits(anna, placeBit)]).toEqual([true, false]);
  expect([place.permits(anna, talkBit), place.permits(anna, placeBit)]).toEqual([false, true]);
});

test('gives a mask from an agency with a bit for each permitted kind', () => {
  const decisions = new Decisions(
    [permit(anna, 'school:a', talk), permit(anna, 'school:a', report), permit(anna, 'school:b', talkPlace)],
    labels,
  );

  expect(decisions.maskFrom(anna, 'school:a')).toBe(talkBit | reportBit);
  expect(decisions.maskFrom(anna, 'school:b')).toBe(placeBit);
  expect(decisions.maskFrom(bo, 'school:a')).toBe(0);
});

test('lets a loader select what is permitted for its category, never by a whereabouts permit alone', () => {
  const wanted = { ...permit(anna, 'school:a', talk), dataFrom: '2026-01-01', dataTo: '2026-07-01' };
  const decisions = new Decisions(
    [wanted, permit(anna, 'school:b', talkPlace), permit(anna, 'school:a', report), permit(bo, 'school:b', talk)],
    labels,
  );

  expect(decisions.sources('school.talk')).toEqual([
    { ...wanted, mask: talkBit | reportBit },
    { ...permit(bo, 'school:b', talk), mask: talkBit },
  ]);
});

test('refuses all permits if one is for a kind that no field is labelled with', () => {
  const unknown = permit(anna, 'school:a', { category: 'police.talk', whereabouts: false });

  expect(() => new Decisions([unknown], labels)).toThrow('No field is labelled with police.talk');
});

test('takes the time left from the permit that ends first', () => {
  const soon = { ...permit(anna, 'school:a', talk), timeLeftMs: 40 };

  expect(new Decisions([permit(bo, 'school:a', talk), soon], labels).timeLeftMs).toBe(40);
  expect(Decisions.none.timeLeftMs).toBe(Number.POSITIVE_INFINITY);
});

test('C13 permits nothing without a log, and says so', () => {
  const without = Decisions.without('LOG_UNAVAILABLE');
  expect(without.permits(anna, talkBit)).toBe(false);
  expect(without.permitsFrom(anna, 'school:a', talkBit)).toBe(false);
  expect([without.fault, Decisions.none.fault]).toEqual(['LOG_UNAVAILABLE', null]);
});

describe('the decision before execution', () => {
  /** A request that touches talks about these youths, and the statements that the registry is sent. */
  function requestAbout(youths: readonly string[]) {
    const { authorizer, flush, flushes } = startAuthorizer();
    const response = new UnboundRelease();
    const context = exampleContext(labels, { authorizer, response });
    context.touched = { kinds: [{ ...talk, fields: ['talks'] }], youths: youths.map((id) => ({ id, kinds: 1n })) };
    return { context, flush, flushes, response };
  }

  const permitted = {
    request: 1,
    youth: anna,
    ...talk,
    source: 'school:a',
    data_from: null,
    data_to: null,
    permit_key: 'permit',
    time_left_ms: 40,
  };

  test('asks once about all youths, and limits the response to the time of the permits', async () => {
    const { context, flush, flushes, response } = requestAbout([anna, bo]);
    const decided = decide(context);
    await settled();
    flush(0).answer([permitted]);
    await decided;

    expect(flushes).toHaveLength(1);
    expect(flush(0).values).toContainEqual([anna, bo]);
    expect([context.decisions.permits(anna, talkBit), context.decisions.permits(bo, talkBit)]).toEqual([true, false]);
    expect(response.limits).toEqual([40]);
  });

  test('C2 asks nothing about an id that is no youth id, and permits nothing', async () => {
    const { context, flushes } = requestAbout(['anna']);

    await decide(context);
    expect(flushes).toEqual([]);
    expect(context.decisions.permits('anna', talkBit)).toBe(false);
  });

  test('asks nothing when nothing is touched', async () => {
    const { context, flushes } = requestAbout([]);

    await decide(context);
    expect(flushes).toEqual([]);
    expect(context.decisions).toBe(Decisions.none);
  });

  test('C13 permits nothing when the registry or its log cannot be reached, and says so', async () => {
    const { context, flush } = requestAbout([anna]);
    const decided = decide(context);
    await settled();
    flush(0).fail(new Error('no log'));
    await decided;

    expect(context.decisions).toEqual(Decisions.without('LOG_UNAVAILABLE'));
  });

  test('C2 permits nothing when the own database cannot be reached, and says so', async () => {
    const { context, flushes } = requestAbout([anna]);
    // The caller's own sector, whose database says who is assigned; nobody listens where it should be.
    const request = Object.assign(context, { sector: { ...context.sector, name: 'police' } });
    await decide(request);

    expect(request.decisions).toEqual(Decisions.without('SUBGRAPH_UNAVAILABLE'));
    expect(flushes).toEqual([]);
  });
});
