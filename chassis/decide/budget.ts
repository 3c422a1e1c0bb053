import type pg from 'pg';
import { type Caller, callerKey } from '../../schema/caller.ts';
import { HubError } from '../../schema/errors.ts';
import { statement } from '../statement.ts';
import { type Answering, roleMask } from './authorize.ts';

/** Units that a process takes from the registry at a time, at least. */
const LEASE_UNITS = 1_000;
/** Milliseconds after which a caller's spent budget is asked for again: the operator may have raised it. */
const ASK_AGAIN_MS = 60_000;
/** Milliseconds that refused units wait to be reported to the registry. */
const TELL_AFTER_MS = 10_000;

const MESSAGE =
  'You have asked for as much information as one caller may within an hour. Ask for less at a time, and again after the time that the header Retry-After names.';

const TAKE = statement<{ agency: string; caller: string; isSystem: boolean; asked: number }>(
  'take lease',
  'SELECT * FROM registry.take_lease(:agency::text, :caller::text, :isSystem::boolean, :asked::int)',
);
const NOTE = statement<{ refusals: string }>('note refused', 'SELECT registry.note_refused(:refusals::jsonb)');

interface Lease {
  readonly hour: Date;
  readonly units: number;
  readonly ends_in_ms: number;
}

/** The request that asks for units. */
export type Spending = Pick<Answering, 'caller' | 'operation'>;

/** The units of one caller's budget in one hour that this process holds. */
interface Account {
  readonly hour: Date;
  readonly endsAt: number;
  left: number;
  /** Until then the registry is not asked again: it had no more. */
  spentUntil: number;
  refused: number;
}

/**
 * The budget of units an hour of each caller in this sector (docs/design.md, section 3.8). It is counted by leases: the registry is
 * asked once for a thousand units. The registry's log counts what was refused, in one entry for an hour.
 */
export class Budget {
  readonly #pool: pg.Pool;
  readonly #accounts = new Map<string, Account>();
  readonly #leasing = new Map<string, Promise<void>>();
  /** Refused units that the registry does not know of yet, with the last request that asked for some. */
  readonly #refused = new Map<Account, Spending>();
  #timer: NodeJS.Timeout | undefined;

  /** @param pool connections to the registry's database under the sector's own login role. */
  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Spends units before they are decided. RATE_LIMITED if the caller has none left. Rejects if the registry cannot be reached. */
  async spend(asking: Spending, units: number): Promise<void> {
    if (units <= 0) return;
    const key = callerKey(asking.caller);
    for (;;) {
      const account = this.#account(key);
      if (account !== undefined && account.left >= units) {
        account.left -= units;
        return;
      }
      if (account !== undefined && performance.now() < account.spentUntil) throw this.#refuse(account, asking, units);
      await this.#lease(key, asking.caller, units - (account?.left ?? 0));
    }
  }

  /** Spends units that are decided already, even if the caller has none left. The next request meets the debt. */
  charge({ caller }: Spending, units: number): void {
    const account = this.#account(callerKey(caller));
    if (account !== undefined) account.left -= Math.max(0, units);
  }

  /** Reports refused units to the registry, and waits for that. If the registry does not take them, they go with the next report. */
  async tell(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const told = [...this.#refused].map(([account, asking]) => ({ account, asking, units: account.refused }));
    this.#refused.clear();
    for (const { account } of told) account.refused = 0;
    if (told.length === 0) return;
    try {
      await this.#pool.query(NOTE({ refusals: JSON.stringify(told.map(refusal)) }));
    } catch {
      for (const { account, asking, units } of told) this.#note(account, asking, units);
    }
  }

  /** The account of this hour. */
  #account(key: string): Account | undefined {
    const account = this.#accounts.get(key);
    if (account === undefined || performance.now() < account.endsAt) return account;
    this.#accounts.delete(key);
    return undefined;
  }

  /** Takes a lease. Those who wait for one of the same caller wait together. */
  #lease(key: string, caller: Caller, units: number): Promise<void> {
    const under = this.#leasing.get(key) ?? this.#take(key, caller, units).finally(() => this.#leasing.delete(key));
    this.#leasing.set(key, under);
    return under;
  }

  async #take(key: string, { agency, subject, actor, roles }: Caller, units: number): Promise<void> {
    const asked = Math.ceil(units / LEASE_UNITS) * LEASE_UNITS;
    const isSystem = actor === null && roles.includes('SYSTEM');
    const { rows } = await this.#pool.query<Lease>(TAKE({ agency, caller: subject, isSystem, asked }));
    const [lease] = rows;
    if (lease === undefined) throw new TypeError('Expected a lease from the registry; got none. Migrate its database.');
    const now = performance.now();
    const before = this.#account(key);
    const account =
      before?.hour.getTime() === lease.hour.getTime()
        ? before
        : { hour: lease.hour, endsAt: now + lease.ends_in_ms, left: 0, spentUntil: 0, refused: 0 };
    account.left += lease.units;
    account.spentUntil = lease.units < asked ? Math.min(account.endsAt, now + ASK_AGAIN_MS) : 0;
    this.#accounts.set(key, account);
    if (account !== before) this.#forgetEnded();
  }

  #forgetEnded(): void {
    const now = performance.now();
    for (const [key, { endsAt }] of this.#accounts) if (endsAt <= now) this.#accounts.delete(key);
  }

  #refuse(account: Account, asking: Spending, units: number): HubError {
    this.#note(account, asking, units);
    const retryAfterSeconds = Math.max(1, Math.ceil((account.endsAt - performance.now()) / 1_000));
    return new HubError('RATE_LIMITED', MESSAGE, { retryAfterSeconds });
  }

  #note(account: Account, asking: Spending, units: number): void {
    account.refused += units;
    this.#refused.set(account, asking);
    this.#timer ??= setTimeout(() => void this.tell(), TELL_AFTER_MS).unref();
  }
}

function refusal({ account, asking, units }: { account: Account; asking: Spending; units: number }): object {
  const { caller, operation } = asking;
  return {
    hour: account.hour.toISOString(),
    agency: caller.agency,
    caller: caller.subject,
    units,
    request_id: operation.requestId,
    operation_hash: operation.hash,
    operation_name: operation.name,
    actor: caller.actor,
    roles: roleMask(caller.roles),
  };
}
