import { describe, expect, test } from '@jest/globals';
import { catalogue } from './catalogue-federation.ts';
import { ask, InMemoryFederation } from './in-memory-federation.ts';
import { unavailable } from './sectors-federation.ts';

describe('entities', () => {
  test('are asked about once each within a request', async () => {
    const federation = new InMemoryFederation(catalogue);
    const answer = await ask(federation.engine(), '{ things { id name } }');
    expect(answer).toEqual({
      data: {
        things: [
          { id: '1', name: 'name 1' },
          { id: '2', name: 'name 2' },
          { id: '1', name: 'name 1' },
        ],
      },
    });
    expect(federation.requests[1]?.variables).toEqual({
      representations: [
        { __typename: 'Thing', id: '1' },
        { __typename: 'Thing', id: '2' },
      ],
    });
  });

  test('deliver the errors of subgraphs at every place of the client, aliases and indexes included', async () => {
    const federation = new InMemoryFederation(catalogue);
    const answer = await ask(federation.engine(), '{ t: things { p: parts { b: bad } } }');
    const part = { b: null };
    expect(answer.data).toEqual({ t: Array(3).fill({ p: [part, part] }) });
    const paths = [0, 2, 1].flatMap((thing) => [0, 1].map((index) => ['t', thing, 'p', index, 'b']));
    expect(answer.errors?.map(({ path }) => path).sort()).toEqual(paths.sort());
    expect(new Set(answer.errors?.map(({ message }) => message))).toEqual(new Set(['canary-bad']));
  });

  test('propagate nulls as the API schema says', async () => {
    const federation = new InMemoryFederation(catalogue);
    const one = await ask(federation.engine(), '{ things { strict } maybe { again { strict } } }');
    expect(one.data).toBeNull();
    const engine = federation.engine();
    federation.answers.set('names', {
      data: { _entities: [{ strict: null }] },
      errors: [{ message: 'gone', path: ['_entities', 0, 'strict'] }],
    });
    const other = await ask(engine, '{ maybe { again { s: id strict } } }');
    expect(other).toEqual({
      data: { maybe: { again: null } },
      errors: [{ message: 'gone', path: ['maybe', 'again', 'strict'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
  });

  test('cost an error at each field, per item, when their subgraph is down, and the items stay', async () => {
    const federation = new InMemoryFederation(catalogue);
    federation.down.add('names');
    const answer = await ask(federation.engine(), '{ things { id n: name parts { label } } }');
    const item = { n: null, parts: null };
    expect(answer.data).toEqual({
      things: [
        { id: '1', ...item },
        { id: '2', ...item },
        { id: '1', ...item },
      ],
    });
    expect(answer.errors).toEqual(
      [0, 1, 2].flatMap((index) => [unavailable('things', index, 'n'), unavailable('things', index, 'parts')]),
    );
  });

  test('cost what could not be asked for want of a key that the subgraph would have given', async () => {
    const federation = new InMemoryFederation(catalogue);
    federation.down.add('names');
    const answer = await ask(federation.engine(), '{ maybe { id price } }');
    expect(answer).toEqual({ data: { maybe: { id: '1', price: null } }, errors: [unavailable('maybe', 'price')] });
  });

  test('that their subgraph does not know are null without an error', async () => {
    const federation = new InMemoryFederation(catalogue);
    federation.answers.set('names', { data: { _entities: [null] } });
    const answer = await ask(federation.engine(), '{ maybe { id price name } }');
    expect(answer).toEqual({ data: { maybe: { id: '1', price: null, name: null } } });
  });

  test('of two places keep apart what is asked with different arguments', async () => {
    const federation = new InMemoryFederation(catalogue);
    const answer = await ask(
      federation.engine(),
      '{ a: maybe { again { name(lang: "sv") } } b: maybe { again { name(lang: "en") } } }',
    );
    expect(answer).toEqual({ data: { a: { again: { name: 'name 1sv' } }, b: { again: { name: 'name 1en' } } } });
  });

  test('keep their keys when the client gives a key’s name to another field', async () => {
    const federation = new InMemoryFederation(catalogue);
    const answer = await ask(
      federation.engine(),
      '{ maybe { code: name id: name price __typename: name } name: maybe { name: name } }',
    );
    const name = 'name 1';
    const maybe = { code: name, id: name, price: 7, __typename: name };
    expect(answer).toEqual({ data: { maybe, name: { name } } });
  });
});
