import { describe, expect, test } from '@jest/globals';
import { ask } from '../../../test/engine/in-memory-federation.ts';
import { FULL, SECTORS, SEEDS, sectors, unavailable, WHOLE } from '../../../test/engine/sectors-federation.ts';

describe('seeded root fields', () => {
  const subsets = Array.from({ length: 8 }, (_, bits) => SECTORS.filter((_, index) => bits & (1 << index)));

  test.each(subsets.map((down) => [down]))(
    'cost exactly the fields of the subgraphs that are down: %j',
    async (down) => {
      const federation = sectors();
      for (const name of down) federation.down.add(name);
      const answer = await ask(federation.engine({ seeds: SEEDS }), FULL);
      const expected: Record<string, unknown> = { ...WHOLE };
      for (const name of down) expected[name] = null;
      expect(answer.data).toEqual({ y: expected });
      // By place, whichever failed first.
      expect(answer.errors ?? []).toEqual(down.toSorted().map((name) => unavailable('y', name)));
    },
  );

  test('are fetched in one parallel stage', async () => {
    const federation = sectors();
    await ask(federation.engine({ seeds: SEEDS }), FULL);
    expect(federation.requests.map(({ operation }) => operation.includes('_entities'))).toEqual([false, false, false]);
  });

  test('ask no subgraph for a field that the seed gives', async () => {
    const federation = sectors();
    const query =
      'query ($id: ID!) { __typename a: youth(id: $id) { id t: __typename } b: youth(id: "2") { k: id ...on Youth { id } } }';
    const answer = await ask(federation.engine({ seeds: SEEDS }), query, { id: '1' });
    expect(answer).toEqual({
      data: { __typename: 'Query', a: { id: '1', t: 'Youth' }, b: { k: '2', id: '2' } },
    });
    expect(federation.requests).toEqual([]);
  });

  test('are fetched like others when there is no seed', async () => {
    const federation = sectors();
    const seeds = { 'Query.youth': { ...SEEDS['Query.youth'], fits: () => false } };
    const answer = await ask(federation.engine({ seeds }), '{ youth(id: "1") { id } }');
    expect(answer).toEqual({ data: { youth: { id: '1' } } });
    expect(federation.requests).toHaveLength(1);
  });

  test('do not show the seed in place of a field that failed under the alias of the key', async () => {
    const federation = sectors();
    federation.down.add('school');
    const answer = await ask(federation.engine({ seeds: SEEDS }), '{ youth(id: "1") { id: school { text } key: id } }');
    expect(answer).toEqual({ data: { youth: { id: null, key: '1' } }, errors: [unavailable('youth', 'id')] });
  });

  test('report the loss of the object as one error at the object when there is no seed', async () => {
    const federation = sectors();
    for (const name of SECTORS) federation.down.add(name);
    const answer = await ask(federation.engine(), FULL);
    expect(answer).toEqual({ data: { y: null }, errors: [unavailable('y')] });
  });
});
