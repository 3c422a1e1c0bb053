import { buildSubgraphSchema, type GraphQLResolverMap } from '@apollo/subgraph';
import { type GraphQLSchema, parse } from 'graphql';
import pg from 'pg';
import { pino } from 'pino';
import type { Permit } from '../../chassis/decide/authorize.ts';
import { Budget } from '../../chassis/decide/budget.ts';
import { HubContext, type ServedSector } from '../../chassis/decide/context.ts';
import { Decisions } from '../../chassis/decide/decide.ts';
import type { Labels, UnitKind } from '../../chassis/decide/labels.ts';
import type { Memberships } from '../../chassis/decide/membership.ts';
import { changePlaces } from '../../chassis/store/database.ts';
import type { ReleaseHandle, ReleaseOutcome } from '../../process/release.ts';
import type { Caller } from '../../schema/caller.ts';
import { federationHeader } from '../../schema/compose/federation-header.ts';
import { LABEL_DIRECTIVES } from '../../schema/directives.ts';
import { leasing } from '../setup/leases.ts';

/** For tests: a federated schema with the labels' definitions, not guarded yet. */
export function exampleSchema(sdl: string, resolvers: GraphQLResolverMap<HubContext> = {}): GraphQLSchema {
  const roles = 'enum Role { COORDINATOR MENTOR CASEWORKER SYSTEM MANAGER AUDITOR } enum Relation { MEMBER }';
  const typeDefs = parse([federationHeader(), LABEL_DIRECTIVES, roles, sdl].join('\n'));
  return buildSubgraphSchema([{ typeDefs, resolvers }]);
}

/** For tests: a caseworker of the police. */
export const CASEWORKER: Caller = {
  subject: 'p-2001',
  actor: null,
  agency: 'police:nationell',
  roles: ['CASEWORKER'],
};

/** For tests: a youth id that differs by its number. */
export function youthId(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

/** For tests: the permit for a kind of information about a youth from an agency. */
export function permit(youth: string, source: string, kind: UnitKind): Permit {
  return { ...kind, youth, source, dataFrom: null, dataTo: null, key: 'permit', timeLeftMs: 60_000, protection: null };
}

/** For tests: a response whose limit nobody enforces; `limits` are the limits that were asked for, in order. */
export class UnboundRelease implements ReleaseHandle {
  readonly limits: number[] = [];
  elapsed(): number {
    return 0;
  }
  limit(): number {
    return Math.min(...this.limits, Number.POSITIVE_INFINITY);
  }
  timeLeft(): number {
    return this.limit();
  }
  limitTo(ms: number): void {
    this.limits.push(ms);
  }
  exempt(ms = Number.NaN): void {
    this.limits.push(ms);
  }
  onOutcome(_report: (outcome: ReleaseOutcome) => void): void {
    // Nothing is sent.
  }
}

/** For tests: the context of one request. It has no database: a resolver that asks one fails. */
export function exampleContext(
  labels: Labels,
  given: {
    readonly caller?: Caller;
    readonly decisions?: Decisions;
    readonly memberships?: Memberships;
    readonly authorizer?: ServedSector['authorizer'];
    readonly response?: ReleaseHandle;
    readonly gatewayWaits?: boolean;
  } = {},
): HubContext {
  const noDatabase = (): never => {
    throw new Error('This test has no database.');
  };
  const context = new HubContext({
    caller: given.caller ?? CASEWORKER,
    operation: { hash: 'a'.repeat(64), name: null, requestId: youthId(999) },
    gatewayWaits: given.gatewayWaits ?? false,
    sector: {
      name: 'example',
      labels,
      authorizer: given.authorizer ?? null,
      pool: new pg.Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' }),
      log: pino({ level: 'silent' }),
      fork: noDatabase,
      budget: new Budget(leasing()),
      changes: changePlaces(),
      metadata: noDatabase,
    },
    response: given.response ?? new UnboundRelease(),
    memberships: given.memberships ?? null,
  });
  context.decisions = given.decisions ?? Decisions.none;
  return context;
}
