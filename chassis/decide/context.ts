import { randomUUID } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import DataLoader from 'dataloader';
import type { GraphQLFormattedError, GraphQLResolveInfo } from 'graphql';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Places } from '../../process/places.ts';
import type { ReleaseHandle } from '../../process/release.ts';
import type { Caller, OperationIdentity, Role } from '../../schema/caller.ts';
import { type CONSTANT_MESSAGES, HubError } from '../../schema/errors.ts';
import type { ClassOf } from '../names.ts';
import type { Authorizer } from './authorize.ts';
import type { Budget } from './budget.ts';
import { Decisions } from './decide.ts';
import { denialMessage } from './denial.ts';
import type { Labels } from './labels.ts';
import type { Memberships } from './membership.ts';
import { NOTHING_TOUCHED, type Touched } from './units.ts';

/** The resources of one subgraph process, shared by its requests. */
export interface ServedSector {
  readonly name: string;
  readonly labels: Labels;
  /** Asks the registry; null in the registry itself, which decides in its own database. */
  readonly authorizer: Authorizer | null;
  /** Connections for frequent reads with named statements. */
  readonly pool: pg.Pool;
  /** The budgets of callers in this sector. */
  readonly budget: Budget;
  /** Places of changes under way: no more than the connections of either pool to the sector's own database. */
  readonly changes: Places;
  /** Takes faults without personal data, which never go to the client. */
  readonly log: Logger;
  /** A fresh unit of work on the sector's own database, for writes. */
  fork(): EntityManager;
  /** The storage metadata of a class of rows. */
  metadata(row: ClassOf<object>): { readonly properties: object };
}

/** Errors of denied fields in a response, at most. */
const MAX_ERRORS = 1_000;
const MORE_ERRORS = `More than ${MAX_ERRORS} fields were denied, and the errors of the others are left out. Ask for less at a time.`;

/** Everything that belongs to one request: the caller, the decisions and the denials. */
export class HubContext {
  readonly caller: Caller;
  readonly operation: OperationIdentity;
  readonly sector: ServedSector;
  readonly response: ReleaseHandle;
  /** True if the gateway waits for the fence, and not this process (C14). */
  readonly gatewayWaits: boolean;
  /** True once a fenced mutation runs: it never counts against the caller's budget. */
  isFenced = false;
  /** Seconds after which the caller's budget is new, once it is spent; else null. */
  retryAfterSeconds: number | null = null;
  /** True once the answer shows that a permission has ended: the gateway releases it only after the fence. */
  awaitsFence = false;
  /** False once a fenced change has found that it ended no permission: its answer need not wait (C14). */
  mayHaveEnded = true;
  /** Set once, before the decision. */
  touched: Touched = NOTHING_TOUCHED;
  /** Set once, before the first resolver runs. */
  decisions: Decisions = Decisions.none;
  /** Decides memberships in the registry; null elsewhere. */
  readonly memberships: Memberships | null;
  readonly errors: GraphQLFormattedError[] = [];
  /** The id of this sector's answer in the log. */
  readonly answer: string = randomUUID();
  /** The number of records of each category that were read for the answer. */
  readonly records = new Map<string, number>();
  // Not a #private field: Apollo Server hands on a copy of the context.
  readonly loaders = new Map<string, DataLoader<string, unknown>>();

  constructor(given: {
    caller: Caller;
    operation: OperationIdentity;
    gatewayWaits: boolean;
    sector: ServedSector;
    response: ReleaseHandle;
    memberships: Memberships | null;
  }) {
    this.caller = given.caller;
    this.operation = given.operation;
    this.gatewayWaits = given.gatewayWaits;
    this.sector = given.sector;
    this.response = given.response;
    this.memberships = given.memberships;
  }

  hasRole(roles: readonly Role[]): boolean {
    return this.caller.roles.some((role) => roles.includes(role));
  }

  /** Spends units of the caller's budget. RATE_LIMITED if there are none left. */
  async spend(units: number): Promise<void> {
    if (this.isFenced) return;
    try {
      await this.sector.budget.spend(this, units);
    } catch (fault) {
      if (fault instanceof HubError) this.retryAfterSeconds = fault.retryAfterSeconds;
      throw fault;
    }
  }

  /** Spends units that are decided already. */
  charge(units: number): void {
    if (!this.isFenced) this.sector.budget.charge(this, units);
  }

  /** Counts records that were read for the answer. */
  count(category: string, records: number): void {
    this.records.set(category, (this.records.get(category) ?? 0) + records);
  }

  /** Notes a denial: the field is null, and one constant error goes out with the response (C12). */
  deny(code: keyof typeof CONSTANT_MESSAGES, path: GraphQLResolveInfo['path'], category?: string): null {
    if (this.errors.length < MAX_ERRORS) {
      this.errors.push({
        message: denialMessage(code, category, this.caller),
        path: pathToArray(path),
        extensions: { code, ...(category === undefined ? {} : { category }) },
      });
    } else {
      this.errors[MAX_ERRORS - 1] = { message: MORE_ERRORS, extensions: { code: 'LIMIT_EXCEEDED' } };
    }
    return null;
  }

  /** The request's loader of that name, made at first use. */
  loader<Value>(
    name: string,
    batch: (keys: readonly string[]) => Promise<readonly Value[]>,
  ): DataLoader<string, Value> {
    const known = this.loaders.get(name);
    if (known !== undefined) return known as DataLoader<string, Value>;
    const made = new DataLoader<string, Value>(batch);
    this.loaders.set(name, made);
    return made;
  }
}

function pathToArray(path: GraphQLResolveInfo['path']): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let step: GraphQLResolveInfo['path'] | undefined = path; step !== undefined; step = step.prev)
    keys.push(step.key);
  return keys.reverse();
}
