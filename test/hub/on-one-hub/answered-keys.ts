import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Hub } from '../../../hub/hub.ts';
import { FENCE_MS } from '../../../schema/deadline.ts';
import { DEMO_YOUTHS, PERSONAS, type PersonaName } from '../../../schema/demo-world.ts';
import { sql } from '../../setup/ask.ts';
import { refused, type Said, say as saidTo } from '../mutate.ts';
import { sharedHub } from './shared-hub.ts';

const YOUTH = DEMO_YOUTHS.turning18.id;
const OWNER = 'SAMSYN_LEISURE_OWNER_URL';
const REGISTRY = 'SAMSYN_REGISTRY_OWNER_URL';
const WORKER = PERSONAS['leisure-worker'];

let hub: Hub;

beforeAll(async () => {
  hub = await sharedHub();
});

const say = (persona: PersonaName, mutation: string, input: object): Promise<Said> =>
  saidTo(hub, persona, mutation, input);

const report = (text: string) => ({ youthId: YOUTH, date: '2026-01-10', text, textCleared: false });
const record = (text: string, idempotencyKey: string) =>
  say('leisure-worker', 'recordLeisureReport', { ...report(text), idempotencyKey });

const reportsOf = (text: string) =>
  sql<{ id: string; version: number }>(hub, OWNER, 'SELECT id, version FROM agency.leisure_report WHERE text = $1', [
    text,
  ]);
const changesOf = (thing: string | undefined) =>
  sql(
    hub,
    OWNER,
    `SELECT caller, actor, agency, mutation, youth_id AS youth, version, outcome, properties FROM agency.change
     WHERE thing = $1 ORDER BY at`,
    [thing],
  );

describe('a change with a key', () => {
  test('is made once and answered the same each time, also when all come at once', async () => {
    const text = 'CANARY sent five times';
    const said = [
      ...(await Promise.all([1, 2, 3, 4].map(() => record(text, 'five times')))),
      await record(text, 'five times'),
    ];
    const made = await reportsOf(text);
    expect(made.length).toBe(1);
    expect(said).toEqual(said.map(() => ({ id: made[0]?.id, version: 1, outcome: 'CREATED' })));
  });

  test('is refused with another input, of which nothing is written', async () => {
    await record('the first', 'used');
    expect(await record('CANARY another', 'used')).toEqual(refused('BAD_USER_INPUT', 'input.idempotencyKey'));
    expect(await reportsOf('CANARY another')).toEqual([]);
  });

  test('is another for another mutation and for another caller', async () => {
    const made = await record('to be corrected', 'one key for all');
    const corrected = await say('leisure-worker', 'correctLeisureReport', {
      id: made.id,
      date: '2026-01-11',
      text: 'corrected',
      textCleared: false,
      idempotencyKey: 'one key for all',
    });
    const others = await say('school-counsellor', 'recordSchoolReport', {
      ...report('the school’s'),
      idempotencyKey: 'one key for all',
    });
    expect([corrected, others]).toEqual([
      { id: made.id, version: 2, outcome: 'CHANGED' },
      { id: expect.any(String), version: 1, outcome: 'CREATED' },
    ]);
  });

  test('is answered the same when it could not be made now', async () => {
    const { id } = await record('soon withdrawn', 'life');
    const correct = () =>
      say('leisure-worker', 'correctLeisureReport', {
        id,
        version: 1,
        ...withoutYouth('better'),
        idempotencyKey: 'life',
      });
    const withdraw = () => say('leisure-worker', 'withdrawLeisureReport', { id, version: 2, idempotencyKey: 'life' });
    const first = [await correct(), await withdraw()];
    expect(first).toEqual([
      { id, version: 2, outcome: 'CHANGED' },
      { id, version: 3, outcome: 'WITHDRAWN' },
    ]);
    expect([await correct(), await withdraw()]).toEqual(first);
    expect((await changesOf(id)).length).toBe(3);
  });

  test('is decided anew, and forbidden to a caller who may not any more', async () => {
    await record('before the bar', 'barred');
    const [bar] = await sql<{ id: string }>(
      hub,
      REGISTRY,
      `INSERT INTO registry.bar (id, agency, subject, youth, ground, recorded_by)
       SELECT gen_random_uuid(), a.id, $1, $2, 'a test of the bar', 'p-4900' FROM registry.agency a WHERE a.code = $3
       RETURNING id`,
      [WORKER.subject, YOUTH, WORKER.agency],
    );
    const barred = await record('before the bar', 'barred');
    await sql(hub, REGISTRY, 'UPDATE registry.bar SET lifted_at = registry.clock() WHERE id = $1', [bar?.id]);
    expect([barred, (await record('before the bar', 'barred')).outcome]).toEqual([refused('FORBIDDEN'), 'CREATED']);
  });

  test('waits for the fence also when it is sent again, and a conflict as well', async () => {
    const { id: recordId } = await record('to be held', 'held');
    const started = performance.now();
    const timed = async (mutation: string, input: object) => {
      const said = await say('leisure-worker', mutation, { recordId, ...input });
      return { said, isFenced: performance.now() - started >= FENCE_MS };
    };
    const held = { held: true, version: 1, idempotencyKey: 'hold' };
    const answers = await Promise.all([
      timed('leisureHoldRecord', held),
      timed('leisureHoldRecord', held),
      timed('leisureHoldRecord', { held: false, version: 77 }),
      timed('leisureClearText', { cleared: false, version: 77 }),
    ]);
    const receipt = { id: recordId, version: 2, outcome: 'CHANGED' };
    expect(answers).toEqual(
      [receipt, receipt, refused('CONFLICT'), refused('CONFLICT')].map((said) => ({ said, isFenced: true })),
    );
  });

  test('is kept as ids and outcome, without a word of its input', async () => {
    await record('CANARY in the input', 'kept');
    const rows = await sql<{ row: object }>(
      hub,
      OWNER,
      `SELECT to_jsonb(k) AS row FROM agency.answered_key k WHERE key = 'kept'`,
    );
    expect(rows.map(({ row }) => row)).toEqual([
      {
        caller: WORKER.subject,
        agency: WORKER.agency,
        mutation: 'recordLeisureReport',
        key: 'kept',
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        youth_id: YOUTH,
        category: 'leisure.report',
        thing: (await reportsOf('CANARY in the input'))[0]?.id,
        version: 1,
        outcome: 'CREATED',
        recorded_at: expect.any(String),
      },
    ]);
  });
});

const withoutYouth = (text: string) => ({ date: '2026-01-10', text, textCleared: false });

describe('the history', () => {
  test('tells who changed what, by name and never by value, and what changed nothing is none', async () => {
    const { id } = await record('CANARY first', 'history');
    const change = (mutation: string, input: object) => say('leisure-worker', mutation, { id, ...input });
    await change('correctLeisureReport', withoutYouth('CANARY second'));
    await change('correctLeisureReport', withoutYouth('CANARY second'));
    await change('correctLeisureReport', { ...withoutYouth('CANARY third'), version: 1 });
    await change('withdrawLeisureReport', {});
    const line = {
      caller: WORKER.subject,
      actor: null,
      agency: WORKER.agency,
      youth: YOUTH,
    };
    expect(await changesOf(id)).toEqual([
      { ...line, mutation: 'recordLeisureReport', version: 1, outcome: 'CREATED', properties: null },
      { ...line, mutation: 'correctLeisureReport', version: 2, outcome: 'CHANGED', properties: ['text'] },
      {
        ...line,
        mutation: 'withdrawLeisureReport',
        version: 3,
        outcome: 'WITHDRAWN',
        properties: ['withdrawnAt', 'withdrawnBy'],
      },
    ]);
  });

  test('has the request of the entry in the access log, for each change', async () => {
    const changes = await sql<{ request: string; mutation: string; youth: string }>(
      hub,
      OWNER,
      'SELECT request_id AS request, mutation, youth_id AS youth FROM agency.change',
    );
    const entries = await sql<{ request: string; mutation: string; youth: string }>(
      hub,
      REGISTRY,
      `SELECT request_id AS request, fields AS mutation, youth FROM registry.entry
       WHERE permitted AND action IN (2, 3, 4) AND request_id = ANY ($1::uuid[])`,
      [changes.map(({ request }) => request)],
    );
    const inOrder = (lines: readonly object[]) => lines.map((line) => JSON.stringify(line)).sort();
    expect(changes.length).toBeGreaterThan(10);
    expect(inOrder(entries)).toEqual(inOrder(changes));
  });

  test.each(['change', 'answered_key'])(
    'agency.%s is only added to, by the subgraph and by its owner',
    async (table) => {
      const attempt = (variable: string, statement: string) =>
        sql(hub, variable, `${statement} agency.${table}${statement === 'UPDATE' ? ` SET outcome = 'x'` : ''}`).then(
          () => 'done',
          (error: { code?: string }) => error.code,
        );
      const serving = 'SAMSYN_LEISURE_DATABASE_URL';
      const insufficientPrivilege = '42501';
      expect([
        await attempt(serving, 'UPDATE'),
        await attempt(serving, 'DELETE FROM'),
        await attempt(serving, 'TRUNCATE'),
        await attempt(OWNER, 'UPDATE'),
      ]).toEqual([insufficientPrivilege, insufficientPrivilege, insufficientPrivilege, insufficientPrivilege]);
    },
  );
});
