import { beforeAll, describe, expect, test } from '@jest/globals';
import { CONSTANT_MESSAGES } from '../../../schema/errors.ts';
import { type Claims, inTurn, mutate, type Place, refused, saidBy } from '../mutate.ts';
import { type Fields, faultyChanges, faultyInputs, kindsOf, validInput } from '../valid-inputs.ts';
import { sharedPlace } from './shared-place.ts';
import { countsOf, NAMES, NOBODY, OTHER_YOUTH, staffOf, systemOf, write, YOUTH } from './writes.ts';

let place: Place;

beforeAll(async () => {
  place = await sharedPlace();
});

describe.each(NAMES)('a change of a record of %s', (name) => {
  const kinds = kindsOf(name);
  const staff = staffOf(name);

  test('is refused for each fault with the field that has it, and nothing is written', async () => {
    const before = await countsOf(name);
    const answers = await inTurn(kinds, (kind) =>
      Promise.all(
        faultyInputs(kind).map(async ({ fault, input, field }) => {
          const answer = await mutate(place, staff, kind.making, { youthId: YOUTH, ...input });
          return { fault, field, said: saidBy(answer), repeated: answer.text.includes('CANARY') };
        }),
      ),
    );
    expect(answers.flat()).toEqual(
      answers
        .flat()
        .map(({ fault, field }) => ({ fault, field, said: refused('BAD_USER_INPUT', field), repeated: false })),
    );
    expect(await countsOf(name)).toEqual(before);
  });

  test('is changed by no input with a fault', async () => {
    const prefix = name === 'social-services' ? 'socialServices' : name;
    const [kind] = kinds;
    if (kind === undefined) throw new Error('A sector has a kind of record.');
    const { id } = await write(staff, kind.making, { youthId: YOUTH, ...validInput(kind, { mark: 'right' }) });
    const before = await countsOf(name);
    const changes: [string, Fields][] = [
      [`correct${kind.name}`, { id, ...validInput(kind, { mark: 'CANARY' }) }],
      [`withdraw${kind.name}`, { id }],
      [`${prefix}HoldRecord`, { recordId: id, held: true }],
      [`${prefix}ClearText`, { recordId: id, cleared: true }],
    ];
    const answers = changes.flatMap(([mutation, right]) =>
      faultyChanges(right).map(async ({ fault, input, field }) => {
        const { text, ...answer } = await mutate(place, staff, mutation, input);
        return { mutation, fault, field, said: saidBy({ text, ...answer }), repeated: text.includes('CANARY') };
      }),
    );
    const told = await Promise.all(answers);
    expect(told).toEqual(
      told.map(({ mutation, fault, field }) => ({
        mutation,
        fault,
        field,
        said: refused('BAD_USER_INPUT', field),
        repeated: false,
      })),
    );
    expect(await countsOf(name)).toEqual(before);
  });

  test('is refused about a youth whom the agency has not linked', async () => {
    const [kind] = kinds;
    if (kind === undefined) throw new Error('A sector has a kind of record.');
    const input = { ...validInput(kind, { mark: 'x' }), youthId: NOBODY };
    expect(await write(systemOf(name), kind.making, input)).toEqual(refused('BAD_USER_INPUT', 'input.youthId'));
  });

  test('has a sourceId from a system alone, whatever there is under it', async () => {
    const [kind] = kinds;
    if (kind === undefined) throw new Error('A sector has a kind of record.');
    const said = await Promise.all(
      // Of the two records one is there, about another youth than that of the attempt.
      [`source-${kind.name}`, 'of nothing'].map((sourceId) =>
        write(staff, kind.making, { youthId: OTHER_YOUTH, sourceId, ...validInput(kind, { mark: 'x' }) }),
      ),
    );
    expect(said).toEqual(said.map(() => refused('BAD_USER_INPUT', 'input.sourceId')));
  });

  test('is forbidden in the same bytes whether it exists, is foreign or is denied', async () => {
    const outsider: Claims = { sub: 'p-0009', agency: staff.agency, roles: ['CASEWORKER'] };
    const foreign: Claims = { sub: 'p-0008', agency: `${name}:orebro`, roles: ['CASEWORKER', 'SYSTEM'] };
    const prefix = name === 'social-services' ? 'socialServices' : name;
    const texts = await inTurn(kinds, async (kind) => {
      const input = validInput(kind, { mark: 'x' });
      const { id } = await write(staff, kind.making, { youthId: YOUTH, ...input });
      const attempts: [Claims, string][] = [
        [staff, NOBODY],
        [outsider, String(id)],
        [outsider, NOBODY],
        [foreign, String(id)],
      ];
      const asked = attempts.flatMap(([by, target]) => [
        mutate(place, by, `correct${kind.name}`, { id: target, ...input }),
        mutate(place, by, `correct${kind.name}`, { id: target, version: 77, ...input }),
        mutate(place, by, `withdraw${kind.name}`, { id: target }),
        ...(by.roles.includes('SYSTEM')
          ? []
          : [mutate(place, by, `${prefix}HoldRecord`, { recordId: target, version: 77, held: true })]),
        ...(by.roles.includes('SYSTEM')
          ? []
          : [mutate(place, by, `${prefix}ClearText`, { recordId: target, cleared: true })]),
      ]);
      asked.push(mutate(place, outsider, kind.making, { youthId: YOUTH, ...input }));
      asked.push(mutate(place, outsider, kind.making, { youthId: NOBODY, ...input }));
      return (await Promise.all(asked)).map(({ text }) =>
        text.replaceAll(/"(correct|withdraw|record|adopt|add|\w+HoldRecord|\w+ClearText)\w*"/g, '"…"'),
      );
    });
    expect([...new Set(texts.flat().map((text) => text.trim()))]).toEqual([
      `{"errors":[{"message":"${CONSTANT_MESSAGES.FORBIDDEN}","path":["…"],"extensions":{"code":"FORBIDDEN"}}],"data":{"…":null}}`,
    ]);
  });
});
