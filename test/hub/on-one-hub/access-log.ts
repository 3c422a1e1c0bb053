import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Hub } from '../../../hub/hub.ts';
import { DEMO_YOUTHS, PERSONAS, type PersonaName } from '../../../schema/demo-world.ts';
import { CONSTANT_MESSAGES } from '../../../schema/errors.ts';
import { ask, askWith, sql, tokenOf } from '../../setup/ask.ts';
import { ACCESS_LOG, type Entry, FROM, operation, page, pages, TO, untilShown } from '../log-pages.ts';
import { sharedHub } from './shared-hub.ts';

const OWNER = 'SAMSYN_REGISTRY_OWNER_URL';
const EVERYTHING = DEMO_YOUTHS.everything.id;

let hub: Hub;
/** The last request before those of the tests, which concerns no agency of Skövde. */
let last: string;

beforeAll(async () => {
  hub = await sharedHub();
  const fullView = operation('full-view');
  const view = (persona: PersonaName, youthId: string) => ask(hub, persona, fullView, { youthId });
  await view('social-coordinator', EVERYTHING);
  await view('school-outsider', EVERYTHING);
  await view('social-coordinator', DEMO_YOUTHS.protected.id);
  const onBehalf = await tokenOf(hub, 'school-counsellor?act=school-system');
  await askWith(hub, onBehalf, fullView, { youthId: EVERYTHING });
  await ask(hub, 'police-officer', operation('group'), { youthId: EVERYTHING });
  last = (await view('orebro-coordinator', DEMO_YOUTHS.orebro.id)).requestId;
  await untilShown(hub, last);
});

/** The ids of all entries in the database that a condition selects, latest first. */
async function idsWhere(condition: string, values: readonly unknown[] = []): Promise<string[]> {
  const rows = await sql<{ id: string }>(
    hub,
    OWNER,
    `SELECT e.id FROM registry.entry e LEFT JOIN registry.agency a ON a.id = e.agency
     LEFT JOIN registry.agency s ON s.id = e.source LEFT JOIN registry.category c ON c.id = e.category
     WHERE ${condition} AND e.at >= '2025-01-01' ORDER BY e.at DESC, e.id DESC`,
    values,
  );
  return rows.map(({ id }) => id);
}

/**
 * Until when the demo's own requests were decided: neither what the tests ask for later is counted, nor what became of the
 * last answer, which is logged when that has left.
 */
async function logged(): Promise<{ from: string; to: string }> {
  const [row] = await sql<{ at: Date }>(
    hub,
    OWNER,
    "SELECT max(at) AS at FROM registry.entry WHERE request_id = $1 AND kind = 'DECISION'",
    [last],
  );
  return { from: FROM, to: new Date((row?.at.getTime() ?? 0) + 1).toISOString() };
}

const idsOf = (entries: readonly Entry[]) => entries.map(({ id }) => id);

test('the hub’s auditor reads every entry, page by page, without loss or repeat', async () => {
  const filter = await logged();
  const expected = await idsWhere('e.at < $1', [filter.to]);
  const read = await pages(hub, 'hub-auditor', filter, 25);
  expect(idsOf(read.entries)).toEqual(expected);
  expect(read.pages).toBe(Math.ceil(expected.length / 25));
});

test.each(['school-auditor', 'school-manager'] as const)('%s reads what concerns the own agency', async (persona) => {
  const filter = await logged();
  const { entries } = await pages(hub, persona, filter, 100);
  expect(idsOf(entries)).toEqual(
    await idsWhere(`e.at < $1 AND (a.code = 'school:skovde' OR s.code = 'school:skovde')`, [filter.to]),
  );
  const others = entries.filter(({ requestId }) => requestId === last);
  expect({ isEmpty: entries.length === 0, others }).toEqual({ isEmpty: false, others: [] });
});

test('nobody else reads the log', async () => {
  const readers: readonly PersonaName[] = ['hub-auditor', 'school-auditor', 'school-manager'];
  const others = (Object.keys(PERSONAS) as PersonaName[]).filter((persona) => !readers.includes(persona));
  const answers = await Promise.all(
    others.map((persona) => ask(hub, persona, ACCESS_LOG, { filter: { from: FROM, to: TO } })),
  );
  expect(answers.map(({ text }) => JSON.parse(text))).toEqual(
    others.map(() => ({
      errors: [{ message: CONSTANT_MESSAGES.FORBIDDEN, path: ['accessLog'], extensions: { code: 'FORBIDDEN' } }],
      data: { accessLog: null },
    })),
  );
});

describe('the filter', () => {
  const filters: Readonly<Record<string, readonly [object, string]>> = {
    youthId: [{ youthId: EVERYTHING }, `e.youth = '${EVERYTHING}'`],
    caller: [{ caller: 'p-3001' }, `e.caller = 'p-3001'`],
    'caller as the acting system': [
      { caller: 'system-school-skovde' },
      `'system-school-skovde' IN (e.caller, e.actor)`,
    ],
    source: [{ source: 'police:nationell' }, `s.code = 'police:nationell'`],
    recipient: [{ recipient: 'police:nationell' }, `a.code = 'police:nationell'`],
    category: [{ category: 'school.attendance' }, `c.code = 'school.attendance'`],
    'decision PERMIT': [{ decision: 'PERMIT' }, 'e.permitted'],
    'decision DENY': [{ decision: 'DENY' }, 'NOT e.permitted'],
    reason: [{ reason: 'PROTECTED' }, `e.reason = 'PROTECTED'`],
    groupId: [{ groupId: `10000000${EVERYTHING.slice(8)}` }, `e.group_id = '10000000${EVERYTHING.slice(8)}'`],
    consentId: [{ consentId: `20000000${EVERYTHING.slice(8)}` }, `e.consent = '20000000${EVERYTHING.slice(8)}'`],
    'two at once': [
      { source: 'school:skovde', recipient: 'social-services:skovde' },
      `s.code = 'school:skovde' AND a.code = 'social-services:skovde'`,
    ],
  };

  test.each(Object.keys(filters))('%s gives exactly those', async (name) => {
    const [filter, condition] = filters[name] ?? [{}, 'false'];
    const interval = await logged();
    const { entries } = await pages(hub, 'hub-auditor', { ...interval, ...filter }, 200);
    const expected = await idsWhere(`e.at < $1 AND ${condition}`, [interval.to]);
    expect({ isEmpty: expected.length === 0, ids: idsOf(entries) }).toEqual({ isEmpty: false, ids: expected });
  });

  test('from includes its instant and to does not', async () => {
    const [first] = await sql<{ at: Date }>(
      hub,
      OWNER,
      `SELECT date_trunc('milliseconds', min(at)) AS at FROM registry.entry WHERE at >= '2025-01-01'`,
    );
    const at = first?.at.toISOString() ?? '';
    const after = new Date(Date.parse(at) + 1).toISOString();
    expect((await page(hub, 'hub-auditor', { from: FROM, to: at })).edges).toEqual([]);
    expect(idsOf((await pages(hub, 'hub-auditor', { from: at, to: after }, 200)).entries)).toEqual(
      await idsWhere('e.at >= $1 AND e.at < $2', [at, after]),
    );
  });

  const faults: Readonly<Record<string, readonly [object, string]>> = {
    'has no interval': [{ filter: {} }, 'filter.from'],
    'has no end': [{ filter: { from: FROM } }, 'filter.to'],
    'ends before it begins': [{ filter: { from: TO, to: FROM } }, 'filter.from'],
    'is longer than a year': [{ filter: { from: '2024-01-01T00:00:00Z', to: '2025-01-03T00:00:00Z' } }, 'filter.from'],
    'has no time': [{ filter: { from: 'CANARY', to: TO } }, 'filter.from'],
    'has a youth that is no id': [{ filter: { from: FROM, to: TO, youthId: 'CANARY' } }, 'filter.youthId'],
    'has a reason that there is not': [{ filter: { from: FROM, to: TO, reason: 'CANARY' } }, 'filter.reason'],
    'asks for no entry': [{ filter: { from: FROM, to: TO }, first: 0 }, 'first'],
    'asks for too many': [{ filter: { from: FROM, to: TO }, first: 201 }, 'first'],
    'goes on from nowhere': [{ filter: { from: FROM, to: TO }, after: 'CANARY' }, 'after'],
  };

  test.each(Object.keys(faults))('that %s is refused with the field at fault', async (name) => {
    const [variables, field] = faults[name] ?? [{}, ''];
    const { errors, data, text } = await ask(hub, 'hub-auditor', ACCESS_LOG, { ...variables });
    const [first] = errors.map(({ extensions }) => extensions);
    expect({ first, data: data?.accessLog ?? null }).toEqual({ first: { code: 'BAD_USER_INPUT', field }, data: null });
    expect(text).not.toContain('CANARY');
  });
});
