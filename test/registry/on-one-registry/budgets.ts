import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { authorizeLogin, folderNamed, runtimeLogin } from '../../../chassis/folders.ts';
import { registryCommand } from '../../../subgraphs/registry/operate/registry-command.ts';
import { ask, CALLERS, fieldOf, sharedRegistry } from './shared-registry.ts';

const SCHOOL = authorizeLogin(folderNamed('school')).variable;
const POLICE = authorizeLogin(folderNamed('police')).variable;
const OWN = runtimeLogin(folderNamed('registry')).variable;
const AGENCY = 'school:skovde';

let admin: pg.Client;
beforeAll(async () => {
  ({ admin } = (await sharedRegistry()).database);
});

/** Runs statements as a login. */
async function as<T>(variable: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const { database } = await sharedRegistry();
  return database.as(database.urls[variable], work);
}

/** The units that a process of the login's sector gets, when it asks for some. */
async function leased(variable: string, caller: string, asked = 1_000, isSystem = false): Promise<number> {
  return as(variable, async (client) => {
    const { rows } = await client.query('SELECT units FROM registry.take_lease($1, $2, $3, $4)', [
      AGENCY,
      caller,
      isSystem,
      asked,
    ]);
    return rows[0]?.units;
  });
}

const refusal = (caller: string, units: number, hour: Date, agency = AGENCY) => ({
  hour: hour.toISOString(),
  agency,
  caller,
  units,
  request_id: randomUUID(),
  operation_hash: 'of-budgets',
  operation_name: null,
  actor: null,
  roles: 4,
});

const HOUR_MS = 3_600_000;
const hourBefore = (hours: number) => new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS - hours * HOUR_MS);

/** Entries of hours that were over budget, of a caller. */
async function entriesOf(caller: string) {
  const { rows } = await admin.query(
    `SELECT e.kind, e.permitted, a.code AS agency, e.unknown_agency, e.roles, e.name, e.fields FROM registry.entry e
     LEFT JOIN registry.agency a ON a.id = e.agency WHERE e.caller = $1 AND e.name = 'overBudget' ORDER BY e.fields`,
    [caller],
  );
  return rows;
}

describe('a budget', () => {
  test('is 20,000 units an hour for a person and 500,000 for a system, each in one sector', async () => {
    expect(await leased(SCHOOL, 'p-person', 19_500)).toBe(19_500);
    expect(await leased(SCHOOL, 'p-person')).toBe(500);
    expect(await leased(SCHOOL, 'p-person')).toBe(0);
    expect(await leased(POLICE, 'p-person')).toBe(1_000);
    expect(await leased(OWN, 'p-person')).toBe(1_000);
    expect(await leased(SCHOOL, 'p-other')).toBe(1_000);
    expect(await leased(SCHOOL, 's-feed', 600_000, true)).toBe(500_000);
  });

  test('goes to two processes that ask at once no more than once', async () => {
    const granted = await Promise.all(Array.from({ length: 6 }, () => leased(SCHOOL, 'p-at-once', 4_000)));
    expect(granted.reduce((sum, units) => sum + units, 0)).toBe(20_000);
  });

  test('is new with each hour, and says how long that takes', async () => {
    await leased(SCHOOL, 'p-hour', 20_000);
    await admin.query("UPDATE registry.lease SET hour = hour - interval '1 hour' WHERE caller = 'p-hour'");
    const lease = await as(SCHOOL, async (client) => {
      const { rows } = await client.query('SELECT * FROM registry.take_lease($1, $2, false, 7)', [AGENCY, 'p-hour']);
      return rows[0];
    });
    expect(lease).toEqual({ hour: expect.any(Date), units: 7, ends_in_ms: expect.any(Number) });
    expect([lease.ends_in_ms > 0, lease.ends_in_ms <= HOUR_MS]).toEqual([true, true]);
  });

  test('is the operator’s to change, and the change is an entry', async () => {
    const { database } = await sharedRegistry();
    const set = (person: string, system: string) =>
      registryCommand(
        ['budget', '--person', person, '--system', system, '--by', 'p-op', '--reason', 'a large office'],
        {
          env: database.urls,
          stdout: { write: () => true },
          stderr: { write: () => true },
        },
      );
    expect([await set('4999', '500000'), await set('30000', '600000')]).toEqual([1, 0]);
    expect(await leased(SCHOOL, 'p-more', 40_000)).toBe(30_000);
    expect(await set('20000', '500000')).toBe(0);
    const { rows } = await admin.query(
      "SELECT ground FROM registry.entry WHERE name = 'setBudget' ORDER BY id LIMIT 1",
    );
    expect(rows).toEqual([{ ground: '30000 units a person, 600000 a system: a large office' }]);
  });
});

describe('refused units', () => {
  const refuse = (...refusals: object[]) =>
    as(SCHOOL, (client) => client.query('SELECT registry.note_refused($1)', [JSON.stringify(refusals)]));
  const end = () => as(OWN, (client) => client.query('SELECT registry.log_refused()'));

  test('are one entry for each caller and hour that is over, whoever refused them and how often', async () => {
    const [over, runs] = [hourBefore(2), hourBefore(0)];
    await refuse(refusal('p-refused', 27, over), refusal('p-refused', 27, over));
    await refuse(
      refusal('p-refused', 46, over),
      refusal('p-refused', 5, runs),
      refusal('p-nowhere', 3, over, 'school:none'),
    );
    await Promise.all([end(), end()]);
    await end();
    const hour = over.toISOString().slice(0, 13);
    const entry = {
      kind: 'READ',
      permitted: false,
      agency: AGENCY,
      unknown_agency: null,
      roles: 4,
      name: 'overBudget',
    };
    expect(await entriesOf('p-refused')).toEqual([{ ...entry, fields: `sector:school,refused:100,hour:${hour}Z` }]);
    expect(await entriesOf('p-nowhere')).toEqual([
      { ...entry, agency: null, unknown_agency: 'school:none', fields: `sector:school,refused:3,hour:${hour}Z` },
    ]);
    const { rows } = await admin.query("SELECT refused::int FROM registry.lease WHERE caller = 'p-refused'");
    expect(rows).toEqual([{ refused: 5 }]);
  });

  test('leave nothing of a caller who kept within the budget', async () => {
    await leased(SCHOOL, 'p-within');
    await admin.query("UPDATE registry.lease SET hour = hour - interval '3 hours' WHERE caller = 'p-within'");
    await end();
    const { rows } = await admin.query("SELECT FROM registry.lease WHERE caller = 'p-within'");
    expect([rows, await entriesOf('p-within')]).toEqual([[], []]);
  });
});

describe('the registry’s own matters', () => {
  const spent = (caller: string, agency: string) =>
    admin.query(
      `INSERT INTO registry.lease (hour, sector, agency, caller, units)
       SELECT date_trunc('hour', registry.clock(), 'UTC') + n * interval '1 hour', 'registry', $2, $1, 20000
       FROM generate_series(0, 1) n
       ON CONFLICT (hour, sector, agency, caller) DO UPDATE SET units = 20000`,
      [caller, agency],
    );
  const someone = { ...CALLERS.caseworker, subject: 'p-spent' };

  test('count too; the own attention and what needs no entry never do', async () => {
    await spent(someone.subject, someone.agency);
    const { errors, retryAfter } = await ask(someone, '{ groups { edges { node { id } } } }');
    expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['RATE_LIMITED']);
    expect(Number(retryAfter)).toBeGreaterThan(0);
    expect(await fieldOf(someone, 'consentsNeedingAttention', '{ consentsNeedingAttention { id } }')).toEqual([]);
    expect(await fieldOf(someone, 'me', '{ me { subject } }')).toEqual({ subject: 'p-spent' });
  });

  test('are withdrawn and refused whatever was spent', async () => {
    const id = '20000000-0000-4000-8000-000000000099';
    const input = { consentId: id, toldAt: '2026-01-01T00:00:00Z', channel: 'telephone' };
    for (const name of ['withdrawConsent', 'refuseConsent']) {
      const text = `mutation ($input: StatementInput!) { ${name}(input: $input) { id } }`;
      const { errors } = await ask(someone, text, { input });
      expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN']);
    }
  });
});
