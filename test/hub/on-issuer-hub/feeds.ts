import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { sql } from '../../setup/ask.ts';
import { askAs, type Claims, inTurn, refused, type Said } from '../mutate.ts';
import { columnOf, type Fields, kindsOf, validInput, type WrittenKind } from '../valid-inputs.ts';
import { sharedPlace } from './shared-place.ts';
import { NAMES, ownerOf, rowsOf, type SectorName, staffOf, systemOf, write, YOUTH } from './writes.ts';

/** The acts of staff on a fed record, and the contents that the feed sends after it. */
const ACTS = ['none', 'withdraw', 'hold', 'correct', 'clear'] as const;
const CONTENTS = ['equal', 'other'] as const;
type Act = (typeof ACTS)[number];
type Content = (typeof CONTENTS)[number];

/** A row of the table: the receipt, and the record after it. */
interface Standing {
  readonly outcome: string | undefined;
  readonly version: number | undefined;
  /** Whose content the record has: the feed's first or second, or that of staff. */
  readonly content: string;
  readonly withdrawn: boolean;
  readonly held: boolean;
  readonly cleared: boolean;
}

/** The table of what stands: docs/agency-systems.md has it in words. The last column is for kinds with free text. */
const STANDS: Readonly<Record<`${Act} ${Content}`, Standing>> = {
  'none equal': row('UNCHANGED', 1, 'first'),
  'none other': row('CHANGED', 2, 'second'),
  'withdraw equal': { ...row('UNCHANGED', 2, 'first'), withdrawn: true },
  'withdraw other': { ...row('WITHDRAWN', 2, 'first'), withdrawn: true },
  'hold equal': { ...row('UNCHANGED', 2, 'first'), held: true },
  'hold other': { ...row('CHANGED', 3, 'second'), held: true },
  'correct equal': row('UNCHANGED', 2, 'staff'),
  'correct other': row('CHANGED', 3, 'second'),
  'clear equal': { ...row('UNCHANGED', 2, 'first'), cleared: true },
  'clear other': row('CHANGED', 3, 'second'),
};

function row(outcome: string, version: number, content: string): Standing {
  return { outcome, version, content, withdrawn: false, held: false, cleared: false };
}

const CONTENT_OF = (kind: WrittenKind) => ({
  first: validInput(kind, { mark: 'fed' }),
  second: validInput(kind, { mark: 'fed anew', later: 2 }),
  staff: validInput(kind, { mark: 'corrected', later: 1 }),
});

/** What staff do to a record. Marks are set as their mutations leave them, without the wait of these. */
async function act(name: SectorName, kind: WrittenKind, what: Act, id: string): Promise<void> {
  const mark = (change: string) => markRow(name, kind, change, id);
  if (what === 'withdraw') await write(staffOf(name), `withdraw${kind.name}`, { id });
  if (what === 'correct') await write(staffOf(name), `correct${kind.name}`, { id, ...CONTENT_OF(kind).staff });
  if (what === 'hold') await mark('held = true');
  if (what === 'clear') await mark('text_cleared = true');
}

async function markRow(name: SectorName, { table }: WrittenKind, change: string, id: string): Promise<void> {
  const { hub } = await sharedPlace();
  await sql(hub, ownerOf(name), `UPDATE agency.${table} SET ${change}, version = version + 1 WHERE id = $1`, [id]);
}

async function standingOf(name: SectorName, kind: WrittenKind, said: Said, id: string): Promise<Standing> {
  const [stored = {}] = await rowsOf(name, kind.table, 'id', id);
  const contents = Object.entries(CONTENT_OF(kind));
  const content = contents.find(([, input]) =>
    kind.fields.every(({ name: field }) => isDeepStrictEqual(stored[columnOf(field)], input[field])),
  );
  const { withdrawn_at: withdrawnAt, held, text_cleared: cleared } = stored;
  const [withdrawn, outcome] = [withdrawnAt !== null, said.outcome];
  return {
    ...{ outcome, version: said.version, content: content?.[0] ?? 'none of these', withdrawn },
    ...{ held: held === true, cleared: cleared === true },
  };
}

describe.each(NAMES)('the records of %s', (name) => {
  const kinds = kindsOf(name);
  const system = systemOf(name);

  test('of every kind stand as staff left them against a feed', async () => {
    const table = await inTurn(kinds, async (kind) => {
      const rows = await Promise.all(
        ACTS.flatMap((what) =>
          CONTENTS.map(async (content) => {
            const input = { youthId: YOUTH, sourceId: `${what}-${content}-${kind.name}` };
            const { first, second } = CONTENT_OF(kind);
            const { id } = await write(system, kind.making, { ...input, ...first });
            await act(name, kind, what, String(id));
            const said = await write(system, kind.making, { ...input, ...(content === 'equal' ? first : second) });
            return [`${what} ${content}`, await standingOf(name, kind, said, String(id))] as const;
          }),
        ),
      );
      return [kind.name, Object.fromEntries(rows)] as const;
    });
    expect(Object.fromEntries(table)).toEqual(Object.fromEntries(kinds.map((kind) => [kind.name, standsFor(kind)])));
  });

  test('of every kind that are withdrawn come back only when their feed revives them', async () => {
    const lives = await inTurn(kinds, async (kind) => {
      const { first, second } = CONTENT_OF(kind);
      const input = { youthId: YOUTH, sourceId: `revived-${kind.name}` };
      const { id = '' } = await write(system, kind.making, { ...input, ...first });
      await write(staffOf(name), `withdraw${kind.name}`, { id });
      const said = [
        await write(system, kind.making, { ...input, ...second, revive: false }),
        await write(system, kind.making, { ...input, ...second, revive: true }),
        await write(system, kind.making, { ...input, ...second, revive: true }),
      ];
      const standing = await standingOf(name, kind, said.at(-1) ?? {}, id);
      return { kind: kind.name, outcomes: said.map(({ outcome }) => outcome), standing };
    });
    expect(lives).toEqual(
      kinds.map((kind) => ({
        ...{ kind: kind.name, outcomes: ['WITHDRAWN', 'CHANGED', 'UNCHANGED'] },
        standing: row('UNCHANGED', 3, 'second'),
      })),
    );
  });

  test('of every kind that an import withdrew are withdrawn by staff too, so that no file brings them back', async () => {
    const lives = await inTurn(kinds, async (kind) => {
      const input = { youthId: YOUTH, sourceId: `gone-${kind.name}`, ...CONTENT_OF(kind).first };
      const { id = '' } = await write(system, kind.making, input);
      await markRow(name, kind, "withdrawn_at = now(), withdrawn_by = 'import:system'", id);
      const said = [
        await write(staffOf(name), `correct${kind.name}`, { id, ...CONTENT_OF(kind).staff }),
        await write(staffOf(name), `withdraw${kind.name}`, { id }),
        await write(staffOf(name), `withdraw${kind.name}`, { id }),
      ];
      const [stored = {}] = await rowsOf(name, kind.table, 'id', id);
      return { kind: kind.name, said: said.map(({ id: _, ...rest }) => rest), by: stored.withdrawn_by };
    });
    const said = [refused('FORBIDDEN'), { version: 3, outcome: 'WITHDRAWN' }, refused('FORBIDDEN')];
    expect(lives).toEqual(kinds.map((kind) => ({ kind: kind.name, said, by: staffOf(name).sub })));
  });

  test('of every kind are corrected and withdrawn by sourceId, by a system alone', async () => {
    const lives = await inTurn(kinds, async (kind) => {
      const { first, staff } = CONTENT_OF(kind);
      const sourceId = `named-${kind.name}`;
      const { id = '' } = await write(system, kind.making, { youthId: YOUTH, sourceId, ...first });
      const by = (who: Claims, verb: string, input: Fields) => write(who, `${verb}${kind.name}`, input);
      return {
        kind: kind.name,
        refused: [
          await by(staffOf(name), 'withdraw', { sourceId }),
          await by(staffOf(name), 'correct', { sourceId, ...staff }),
          await by(system, 'withdraw', { sourceId, id }),
          await by(system, 'withdraw', {}),
          await by(system, 'withdraw', { sourceId: 'nothing has this name' }),
        ],
        done: [
          await by(system, 'correct', { sourceId, version: 1, ...staff }),
          await by(system, 'withdraw', { sourceId, version: 2 }),
          await by(system, 'withdraw', { sourceId }),
        ].map(({ id: _, ...rest }) => rest),
      };
    });
    expect(lives).toEqual(
      kinds.map((kind) => ({
        kind: kind.name,
        refused: [
          refused('BAD_USER_INPUT', 'input.sourceId'),
          refused('BAD_USER_INPUT', 'input.sourceId'),
          refused('BAD_USER_INPUT', 'input.id'),
          refused('BAD_USER_INPUT', 'input.id'),
          refused('FORBIDDEN'),
        ],
        done: [{ version: 2, outcome: 'CHANGED' }, { version: 3, outcome: 'WITHDRAWN' }, refused('FORBIDDEN')],
      })),
    );
  });
});

test('revive names what to bring back', async () => {
  const [kind] = kindsOf('school');
  if (kind === undefined) throw new Error('The school has no kind of record.');
  const input = { youthId: YOUTH, revive: true, ...CONTENT_OF(kind).first };
  expect(await write(systemOf('school'), kind.making, input)).toEqual(refused('BAD_USER_INPUT', 'input.revive'));
});

test('a sourceId is shown to the own agency alone', async () => {
  const place = await sharedPlace();
  const input = { youthId: YOUTH, sourceId: 'shown to whom', kind: 'OTHER', date: '2026-01-10', textCleared: false };
  const { id } = await write(systemOf('school'), 'recordSchoolIncident', input);
  const read = async (by: Claims) => {
    const query = 'query ($id: ID!) { youth(id: $id) { schoolIncidents { id sourceId } } }';
    const { data, errors } = await askAs(place, by, query, { id: YOUTH });
    const { schoolIncidents = [] } = (data?.youth ?? {}) as {
      schoolIncidents?: { id: string; sourceId: string | null }[];
    };
    return { errors, found: schoolIncidents.filter((each) => each.id === id) };
  };
  expect(await read(staffOf('school'))).toEqual({ errors: [], found: [{ id, sourceId: 'shown to whom' }] });
  expect(await read(staffOf('social-services'))).toEqual({ errors: [], found: [{ id, sourceId: null }] });
});

/** The table for one kind: a kind without free text keeps whatever mark its record has. */
function standsFor(kind: WrittenKind): typeof STANDS {
  return kind.hasText ? STANDS : { ...STANDS, 'clear other': { ...STANDS['clear other'], cleared: true } };
}
