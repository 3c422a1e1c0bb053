import { describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { leasing } from '../../test/setup/leases.ts';
import { Budget, type Spending } from './budget.ts';

function asking(subject: string, given: Partial<Spending['caller']> = {}): Spending {
  const caller = { subject, actor: null, agency: 'school:skovde', roles: ['CASEWORKER'] as const, ...given };
  return { caller, operation: { hash: 'ab', name: null, requestId: `request-of-${subject}` } };
}

function startBudget(units?: number) {
  const sent: pg.QueryConfig<unknown[]>[] = [];
  const budget = new Budget(leasing(units, sent));
  const outcome = (units_: number, who = asking('p-1')) =>
    budget.spend(who, units_).then(
      () => 'spent',
      ({ extensions, retryAfterSeconds }) => [extensions.code, retryAfterSeconds],
    );
  const leases = () => sent.filter(({ name }) => name === 'take lease').map(({ values }) => values);
  const refusals = () =>
    sent
      .filter(({ name }) => name === 'note refused')
      .map(({ values }) => JSON.parse(String(values?.[0])) as Record<string, unknown>[]);
  return { budget, outcome, leases, refusals };
}

describe('a budget', () => {
  test('asks the registry once for a thousand units, or for as many thousands as one request takes', async () => {
    const { outcome, leases } = startBudget();
    for (let request = 0; request < 37; request += 1) expect(await outcome(27)).toBe('spent');
    expect(leases()).toEqual([['school:skovde', 'p-1', false, 1_000]]);
    expect(await outcome(27)).toBe('spent');
    expect(await outcome(5_000)).toBe('spent');
    expect(leases().map((values) => values?.at(-1))).toEqual([1_000, 1_000, 5_000]);
  });

  test('takes one lease for requests that come at once, and one for each caller and agency', async () => {
    const { outcome, leases } = startBudget();
    const twice = [asking('p-1'), asking('p-1'), asking('p-2'), asking('p-1', { agency: 'school:skara' })];
    expect(await Promise.all(twice.map((who) => outcome(1, who)))).toEqual(Array(4).fill('spent'));
    expect(leases().map((values) => values?.slice(0, 2))).toEqual([
      ['school:skovde', 'p-1'],
      ['school:skovde', 'p-2'],
      ['school:skara', 'p-1'],
    ]);
  });

  test('is a system’s only for a system that acts for nobody', async () => {
    const { outcome, leases } = startBudget();
    await outcome(1, asking('feed', { roles: ['SYSTEM'] }));
    await outcome(1, asking('p-1', { roles: ['SYSTEM'], actor: 'feed' }));
    expect(leases().map((values) => values?.[2])).toEqual([true, false]);
  });

  test('refuses what exceeds it, and says when to ask again; what still fits is spent', async () => {
    const { outcome, leases } = startBudget(1_500);
    expect(await outcome(1_200)).toBe('spent');
    expect(await outcome(301)).toEqual(['RATE_LIMITED', 3_600]);
    expect(await outcome(300)).toBe('spent');
    expect(await outcome(1)).toEqual(['RATE_LIMITED', 3_600]);
    // The registry is not asked again for each of them.
    expect(leases()).toHaveLength(1);
  });

  test('reports to the registry how many units it refused, with the last request', async () => {
    const { budget, outcome, refusals } = startBudget(1_000);
    await outcome(1_000);
    await outcome(27);
    await outcome(13);
    await budget.tell();
    await budget.tell();
    expect(refusals()).toEqual([
      [
        {
          hour: '1970-01-01T00:00:00.000Z',
          agency: 'school:skovde',
          caller: 'p-1',
          units: 40,
          request_id: 'request-of-p-1',
          operation_hash: 'ab',
          operation_name: null,
          actor: null,
          roles: 4,
        },
      ],
    ]);
  });

  test('counts as a debt what was decided already', async () => {
    const { budget, outcome } = startBudget(1_000);
    expect(await outcome(1)).toBe('spent');
    budget.charge(asking('p-1'), 2_000);
    expect(await outcome(1)).toEqual(['RATE_LIMITED', 3_600]);
  });

  test('permits nothing when the registry cannot be reached, and reports later what it could not report', async () => {
    const sent: string[] = [];
    let reachable = true;
    const plenty = leasing(1_000);
    const query = async (config: pg.QueryConfig<unknown[]>) => {
      sent.push(config.name ?? '');
      if (!reachable) throw new Error('gone');
      return plenty.query(config);
    };
    const budget = new Budget({ query } as pg.Pool);
    await budget.spend(asking('p-1'), 1_000);
    await expect(budget.spend(asking('p-1'), 1)).rejects.toThrow('within an hour');
    reachable = false;
    await expect(budget.spend(asking('p-2'), 1)).rejects.toThrow('gone');
    await budget.tell();
    reachable = true;
    await budget.tell();
    await budget.tell();
    expect(sent.filter((name) => name === 'note refused')).toHaveLength(2);
  });
});
