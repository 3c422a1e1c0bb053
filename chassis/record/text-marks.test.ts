import { describe, expect, test } from '@jest/globals';
import type { Caller } from '../../schema/caller.ts';
import { HubError } from '../../schema/errors.ts';
import { RecordRow } from './record.ts';
import type { RecordKind } from './record-kind.ts';
import { authorshipOf, demandMarker, type GivenMarks, type Writer, writerOf } from './text-marks.ts';

class NoteRow extends RecordRow {
  note = 'Met his brother';
  place = 'The library';
  override author = 'p-1';
}

const NOTES: RecordKind = {
  ...{ name: 'Note', category: 'social-services.note', what: 'a note', whatSv: 'en anteckning' },
  ...{ type: NoteRow, row: NoteRow, input: NoteRow, freeText: ['note'], places: ['place'] },
};
const PLACES: RecordKind = { ...NOTES, freeText: [] };

const person = (by: string): Writer => ({ by, isSystem: false, protection: 'under protection' });
const caller = (given: Partial<Caller>): { caller: Caller } => ({
  caller: { subject: 'p-1', actor: null, agency: 'social-services:skovde', roles: ['CASEWORKER'], ...given },
});
const SYSTEMS = [
  ['in its own name', caller({ subject: 'system-1', roles: ['SYSTEM'] })],
  ['on behalf of a seat holder, whose role it has', caller({ actor: 'system-1' })],
] as const;

/** The code and the field of the fault that an act throws; null if it throws none. */
function faultOf(act: () => unknown): unknown {
  try {
    act();
    return null;
  } catch (fault) {
    if (!(fault instanceof HubError)) throw fault;
    return { code: fault.extensions.code, field: fault.extensions.field, message: fault.message };
  }
}

describe.each(SYSTEMS)('C16 a system %s', (_, context) => {
  test.each(['textCleared', 'cleared', 'namesNoPlace'] as const)('does not give %s', (mark) => {
    expect(faultOf(() => demandMarker({ [mark]: true }, context))).toMatchObject({ field: `input.${mark}` });
    expect(faultOf(() => demandMarker({ [mark]: false }, context))).toBeNull();
  });

  test('is the writer of a text, so that a person who marks it becomes its author', () => {
    expect(authorshipOf(NOTES, null, {}, {}, writerOf(context, null))).toEqual({
      ...{ author: 'system-1', writtenBySystem: true, textCleared: false, namesNoPlace: null },
    });
  });
});

test('a person gives either mark', () => {
  expect(faultOf(() => demandMarker({ textCleared: true, namesNoPlace: true }, caller({})))).toBeNull();
  expect(writerOf(caller({}), null)).toEqual({ by: 'p-1', isSystem: false, protection: null });
});

describe('a mark of a text that stays as it is', () => {
  const marked = Object.assign(new NoteRow(), { textCleared: true, namesNoPlace: 'under protection' });
  const corrected = (given: GivenMarks, fields: object = { note: marked.note }, writer = person('p-1')) =>
    authorshipOf(NOTES, marked, fields, given, writer);

  test.each(['textCleared', 'namesNoPlace'] as const)('is not taken away by %s: false in a correction', (mark) => {
    for (const by of ['p-1', 'p-2'])
      expect(faultOf(() => corrected({ [mark]: false }, {}, person(by)))).toEqual({
        code: 'BAD_USER_INPUT',
        field: `input.${mark}`,
        message: expect.stringContaining('socialServicesClearText'),
      });
  });

  test('stays with true, and against a feed', () => {
    const feed = { by: 'system-1', isSystem: true, protection: null };
    const kept = { author: 'p-1', writtenBySystem: false, textCleared: true, namesNoPlace: 'under protection' };
    expect(corrected({ textCleared: true })).toEqual(kept);
    expect(corrected({ textCleared: false }, {}, feed)).toEqual(kept);
  });

  test('goes with the text', () => {
    const gone = { author: 'p-2', writtenBySystem: false, textCleared: false, namesNoPlace: null };
    expect(corrected({ textCleared: false, namesNoPlace: false }, { note: 'Met X' }, person('p-2'))).toEqual(gone);
  });
});

describe('C10 who changes only the name of a place', () => {
  const marks = { textCleared: true, namesNoPlace: true };

  test('is no author of the prose, and marks it neither now nor later', () => {
    expect(authorshipOf(NOTES, new NoteRow(), { place: 'The gym' }, marks, person('p-2'))).toEqual({
      ...{ author: 'p-1', writtenBySystem: false, textCleared: false, namesNoPlace: null },
    });
  });

  test('is the author where the kind has no prose', () => {
    expect(authorshipOf(PLACES, new NoteRow(), { place: 'The gym' }, marks, person('p-2'))).toMatchObject({
      ...{ author: 'p-2', namesNoPlace: 'under protection' },
    });
  });
});
