import { describe, expect, test } from '@jest/globals';
import { refused } from '../mutate.ts';
import { columnOf, type Fields, kindsOf, UNTOUCHED, validInput, type WrittenKind } from '../valid-inputs.ts';
import { NAMES, OTHER_YOUTH, rowsOf, staffOf, systemOf, write, YOUTH } from './writes.ts';

/** The columns that an input fills, and those that it leaves out. */
function columnsOf(kind: WrittenKind, input: Fields): Fields {
  return Object.fromEntries(kind.fields.map(({ name, absent }) => [columnOf(name), input[name] ?? absent]));
}

describe.each(NAMES)('a record of %s', (name) => {
  const kinds = kindsOf(name);
  const staff = staffOf(name);

  test('of every kind is recorded, corrected and withdrawn by the own staff', async () => {
    const lives = await Promise.all(
      kinds.map(async (kind) => {
        const first = validInput(kind, { mark: 'first' });
        const second = validInput(kind, { mark: 'second', later: 1, only: 'required' });
        const created = await write(staff, kind.making, { youthId: YOUTH, ...first });
        const id = String(created.id);
        const [recorded] = await rowsOf(name, kind.table, 'id', id);
        const said = [
          created,
          await write(staff, `correct${kind.name}`, { id, version: 1, ...second }),
          await write(staff, `correct${kind.name}`, { id, ...second }),
          await write(staff, `correct${kind.name}`, { id, version: 1, ...first }),
        ];
        const [corrected] = await rowsOf(name, kind.table, 'id', id);
        said.push(await write(staff, `withdraw${kind.name}`, { id, version: 2 }));
        said.push(await write(staff, `withdraw${kind.name}`, { id }));
        const [withdrawn] = await rowsOf(name, kind.table, 'id', id);
        return { kind: kind.name, id, said, rows: [recorded, corrected, withdrawn] };
      }),
    );
    expect(lives).toEqual(
      kinds.map((kind, index) => {
        const id = lives[index]?.id ?? '';
        const row = (version: number, input: Fields) => ({
          id,
          link_id: expect.any(String),
          agency: staff.agency,
          author: staff.sub,
          recorded_at: expect.any(String),
          changed_at: version === 1 ? null : expect.any(String),
          held: false,
          text_cleared: false,
          names_no_place: null,
          written_by_system: false,
          marked_at: null,
          source_id: null,
          withdrawn_at: version === 3 ? expect.any(String) : null,
          withdrawn_by: version === 3 ? staff.sub : null,
          version,
          ...columnsOf(kind, input),
          ...UNTOUCHED[kind.name],
        });
        const second = validInput(kind, { mark: 'second', later: 1, only: 'required' });
        return {
          kind: kind.name,
          id,
          said: [
            { id, version: 1, outcome: 'CREATED' },
            { id, version: 2, outcome: 'CHANGED' },
            { id, version: 2, outcome: 'UNCHANGED' },
            refused('CONFLICT'),
            { id, version: 3, outcome: 'WITHDRAWN' },
            refused('FORBIDDEN'),
          ],
          rows: [row(1, validInput(kind, { mark: 'first' })), row(2, second), row(3, second)],
        };
      }),
    );
  });

  test('of every kind is fed by the own system, once for each sourceId', async () => {
    const system = systemOf(name);
    const lives = await Promise.all(
      kinds.map(async (kind) => {
        const mutation = kind.making;
        const sourceId = `source-${kind.name}`;
        const first = { youthId: YOUTH, sourceId, ...validInput(kind, { mark: 'fed' }) };
        const second = {
          youthId: YOUTH,
          sourceId,
          ...validInput(kind, { mark: 'fed again', later: 2, only: 'required' }),
        };
        const created = await write(system, mutation, first);
        const said = [
          created,
          await write(system, mutation, first),
          await write(system, mutation, second),
          await write(system, mutation, { ...second, youthId: OTHER_YOUTH }),
          await write(system, `withdraw${kind.name}`, { id: String(created.id) }),
          await write(system, mutation, second),
          await write(system, mutation, { ...second, revive: true }),
        ];
        const rows = await rowsOf(name, kind.table, 'source_id', sourceId);
        return {
          kind: kind.name,
          said,
          rows: rows.map(({ id, author, version, withdrawn_at }) => ({ id, author, version, withdrawn_at })),
        };
      }),
    );
    expect(lives).toEqual(
      kinds.map((kind, index) => {
        const id = lives[index]?.said[0]?.id;
        return {
          kind: kind.name,
          said: [
            { id, version: 1, outcome: 'CREATED' },
            { id, version: 1, outcome: 'UNCHANGED' },
            { id, version: 2, outcome: 'CHANGED' },
            refused('CONFLICT', 'input.sourceId'),
            { id, version: 3, outcome: 'WITHDRAWN' },
            { id, version: 3, outcome: 'UNCHANGED' },
            { id, version: 4, outcome: 'CHANGED' },
          ],
          rows: [{ id, author: system.sub, version: 4, withdrawn_at: null }],
        };
      }),
    );
  });
});

test('C10 a corrected text loses its mark, and a list that stays as it was does not, even if it is asked to', async () => {
  const staff = staffOf('social-services');
  const kinds = kindsOf('social-services').filter(({ name }) =>
    ['ActionPlan', 'Meeting', 'RiskAssessment'].includes(name),
  );
  const marks = await Promise.all(
    kinds.map(async (kind) => {
      const input = validInput(kind, { mark: 'read for names' });
      const { id } = await write(staff, kind.making, { youthId: YOUTH, ...input, textCleared: true });
      const mark = async () => (await rowsOf('social-services', kind.table, 'id', String(id)))[0]?.text_cleared;
      const same = { id, ...validInput(kind, { mark: 'read for names', later: 1 }) };
      const said = await write(staff, `correct${kind.name}`, { ...same, textCleared: false });
      await write(staff, `correct${kind.name}`, { ...same, textCleared: true });
      const kept = await mark();
      await write(staff, `correct${kind.name}`, { id, ...validInput(kind, { mark: 'not read', later: 1 }) });
      return { kind: kind.name, said, kept, lost: await mark() };
    }),
  );
  const said = refused('BAD_USER_INPUT', 'input.textCleared');
  expect(marks).toEqual(kinds.map(({ name }) => ({ kind: name, said, kept: true, lost: false })));
});
