import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createEngine } from '../../gateway/engine/engine.ts';
import type { SubgraphAnswer, SubgraphRequest } from '../../gateway/engine/fetch/fetch.ts';
import { catalogue } from './catalogue-federation.ts';
import { FORGED, FORGERIES, flooded, inventing, namesIn } from './flooding.ts';
import { ask, InMemoryFederation } from './in-memory-federation.ts';
import { PETS } from './pets-federation.ts';
import { planHere } from './planning-here.ts';
import { FULL, SECTORS, SEEDS, sectors } from './sectors-federation.ts';

type Send = (request: SubgraphRequest) => Promise<SubgraphAnswer>;

/** Asks once as it should be, and once for each subgraph that forges; only the number of what was dropped may differ. */
async function changesNothing(
  subgraphs: readonly string[],
  supergraph: string,
  send: Send,
  query: string,
  variables = {},
) {
  const names = namesIn(supergraph, query);
  const unasked = new Map<string, number>();
  let flooding: string | null = null;
  let turn = 0;
  const engine = createEngine<object>({
    supergraph,
    seeds: SEEDS,
    planner: planHere,
    transport: async (request) => {
      const answer = await send(request);
      return request.subgraph === flooding ? flooded(answer, request.operation, names, turn) : answer;
    },
    onUnasked: (subgraph, count) => void unasked.set(subgraph, count),
  });
  const right = await ask(engine, query, variables);
  expect(unasked.size).toBe(0);
  for (flooding of subgraphs) {
    for (turn = 0; turn < FORGERIES.length; turn++) {
      const answer = await ask(engine, query, variables);
      expect({ flooding, turn, answer }).toEqual({ flooding, turn, answer: right });
    }
  }
  expect([...unasked.values()].every((count) => count > 0)).toBe(true);
  return { ...right, unasked: [...unasked.keys()].sort() };
}

const GENERATED = new URL('../../schema/generated/', import.meta.url);
const HUB = readFileSync(new URL('supergraph.graphql', GENERATED), 'utf8');
const SUBGRAPHS = readdirSync(GENERATED)
  .filter((file) => file.endsWith('.graphql') && file !== 'supergraph.graphql')
  .map((file) => file.slice(0, -'.graphql'.length))
  .sort();
const hub = new Map(
  SUBGRAPHS.map((name) => [name, inventing(name, readFileSync(new URL(`${name}.graphql`, GENERATED), 'utf8'))]),
);
const sendToHub: Send = async (request) => {
  const send = hub.get(request.subgraph);
  if (send === undefined) throw new Error(`No subgraph is called ${request.subgraph}.`);
  return send(request);
};
const operation = (name: string) =>
  readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8');
const EACH = '{ youths { edges { node { id other: attendance { from } suspicions { date } groups { id } } } } }';

describe('a subgraph that answers the whole supergraph changes nothing', () => {
  test('of a view of one youth', async () => {
    const view = operation('full-view').replace('    id\n', '    id groups { id status } consents { id }\n');
    const { data, errors, unasked } = await changesNothing(SUBGRAPHS, HUB, sendToHub, view, { youthId: 'y-1' });
    expect([errors, unasked]).toEqual([undefined, SUBGRAPHS]);
    expect(JSON.stringify(data)).toContain('police Youth.suspicions 2');
  });

  test('of a list of youths', async () => {
    const { data } = await changesNothing(SUBGRAPHS, HUB, sendToHub, EACH);
    expect(JSON.stringify(data)).toContain('registry');
  });

  test('beside fields that their subgraph denies', async () => {
    const message = 'This information needs a consent.';
    const denied: Send = async (request) => {
      const answer = await sendToHub(request);
      if (request.subgraph !== 'police') return answer;
      const path = request.operation.includes('_entities') ? ['_entities', 0] : ['youth'];
      const youth = path.reduce<unknown>((value, key) => Object(value)[key], answer.data);
      Object.assign(Object(youth), { suspicions: null });
      const error = { message, path: [...path, 'suspicions'], extensions: { code: 'CONSENT_REQUIRED' } };
      return { ...answer, errors: [error] };
    };
    const query = '{ youth(id: "y-1") { id suspicions { date } attendance { from } } }';
    const { data, errors } = await changesNothing(SUBGRAPHS, HUB, denied, query);
    expect(data).toMatchObject({ youth: { suspicions: null } });
    expect(errors?.map(({ path }) => path)).toEqual([['youth', 'suspicions']]);
  });

  test.each(SECTORS.map((away) => ({ away })))('beside fields of $away, which is down', async ({ away }) => {
    const federation = sectors();
    federation.down.add(away);
    const { errors } = await changesNothing(
      SECTORS.filter((name) => name !== away),
      federation.supergraph,
      federation.transport,
      FULL,
    );
    expect(errors?.map(({ path }) => path)).toEqual([['y', away]]);
  });

  test('of interfaces, unions, lists within lists, required fields and errors', async () => {
    const federation = new InMemoryFederation(PETS);
    const query = `{
      people { id score label broken address { lines town { name } } pets { ... on Dog { barks heavy } ... on Cat { m: mood } } }
      beings { id ... on Cat { lives } ... on Person { score } }
      search { __typename ... on Dog { weight owner { name } } }
    }`;
    await changesNothing(Object.keys(PETS), federation.supergraph, federation.transport, query);
  });
});

describe('an entity', () => {
  test('keeps its key, its type and its values when another subgraph is asked about it and says otherwise', async () => {
    const federation = new InMemoryFederation(catalogue);
    const right = await ask(federation.engine(), '{ things { id name strict } }');
    federation.answers.set('list', { data: { things: [1, 2, 1].map((id) => ({ __typename: 'Thing', id: `${id}` })) } });
    federation.answers.set('names', {
      data: {
        _entities: ['1', '2'].map((id) => ({ id: FORGED, name: `name ${id}`, strict: id === '1' ? 'strict' : null })),
      },
    });
    expect(await ask(federation.engine(), '{ things { id name strict } }')).toMatchObject({ data: right.data });
    federation.answers.set('names', { data: { _entities: [{ __typename: 'Part', name: FORGED }] } });
    const { data, errors } = await ask(federation.engine(), '{ maybe { id name } }');
    expect(JSON.stringify({ data, errors })).not.toContain(FORGED);
  });
});
