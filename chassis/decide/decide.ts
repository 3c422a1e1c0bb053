import type pg from 'pg';
import type { Logger } from 'pino';
import type { ReleaseHandle } from '../../process/release.ts';
import { HubError, isRateLimited } from '../../schema/errors.ts';
import { isYouthId } from '../../schema/youth-id.ts';
import { logFault } from '../log.ts';
import { statement } from '../statement.ts';
import { isUnreachable } from '../unreachable.ts';
import { type Action, type Answering, type Authorizer, type Permit, unitsOf } from './authorize.ts';
import type { Labels } from './labels.ts';
import type { Touched } from './units.ts';

/** A permit to read records, with the mask of all kinds that the caller may read about the youth from the same agency. */
export interface PermitToRead extends Permit {
  readonly mask: number;
}

/** The code that a denial carries where nothing could be decided. */
export type DecisionFault = 'LOG_UNAVAILABLE' | 'SUBGRAPH_UNAVAILABLE' | 'INTERNAL_SERVER_ERROR';

/**
 * The permits of one request, decided once before it runs. They are never stored, merged or shared between requests. A youth,
 * kind or agency that is not among them is denied (C2).
 */
export class Decisions {
  /** Nothing asked, nothing permitted. */
  static readonly none = new Decisions([], null);

  /** Nothing could be decided, and nothing is permitted. */
  static without(fault: DecisionFault): Decisions {
    return new Decisions([], null, fault);
  }

  /** Why no decision was taken: everything is denied with this code instead of CONSENT_REQUIRED (C2, C13). */
  readonly fault: DecisionFault | null;
  /** Milliseconds until the first of these permits ends by itself, from the instant of the decision. */
  readonly timeLeftMs: number;
  readonly #permits: readonly Permit[];
  readonly #toRead = new Map<string, PermitToRead[]>();
  readonly #masks = new Map<string, Map<string, number>>();

  constructor(permits: readonly Permit[], labels: Labels | null, fault: DecisionFault | null = null) {
    this.#permits = permits;
    this.fault = fault;
    this.timeLeftMs = permits.reduce((least, permit) => Math.min(least, permit.timeLeftMs), Number.POSITIVE_INFINITY);
    for (const permit of permits) {
      const bit = labels === null ? 0 : labels.bit(permit);
      const bySource = this.#masks.get(permit.youth) ?? new Map<string, number>();
      bySource.set(permit.source, (bySource.get(permit.source) ?? 0) | bit);
      this.#masks.set(permit.youth, bySource);
    }
    for (const permit of permits) if (!permit.whereabouts) this.#addToRead(permit);
  }

  /** True if the caller may read these kinds about the youth from at least one agency. */
  permits(youth: string, mask: number): boolean {
    for (const permitted of this.#masks.get(youth)?.values() ?? []) if ((permitted & mask) === mask) return true;
    return false;
  }

  /** True if the caller may read these kinds about the youth from this agency. */
  permitsFrom(youth: string, source: string, mask: number): boolean {
    return (this.maskFrom(youth, source) & mask) === mask;
  }

  /** The kinds that the caller may read about the youth from this agency, as a mask. */
  maskFrom(youth: string, source: string): number {
    return this.#masks.get(youth)?.get(source) ?? 0;
  }

  /** All permits about the youth from this agency. */
  permitsOf(youth: string, source: string): Permit[] {
    return this.#permits.filter((permit) => permit.youth === youth && permit.source === source);
  }

  /** The permits for a category: the agencies and the periods that a loader may select. */
  sources(category: string): readonly PermitToRead[] {
    return this.#toRead.get(category) ?? [];
  }

  #addToRead(permit: Permit): void {
    const known = this.#toRead.get(permit.category) ?? [];
    known.push({ ...permit, mask: this.maskFrom(permit.youth, permit.source) });
    this.#toRead.set(permit.category, known);
  }
}

/** The part of a request to a sector that a decision needs. */
export interface Deciding extends Answering {
  readonly sector: {
    readonly name: string;
    readonly labels: Labels;
    readonly authorizer: Authorizer | null;
    readonly pool: pg.Pool;
    readonly log: Logger;
  };
  readonly response: ReleaseHandle;
  /** Spends units of the caller's budget. RATE_LIMITED if there are none left. */
  spend(units: number): Promise<void>;
  readonly touched: Touched;
  readonly records: ReadonlyMap<string, number>;
  decisions: Decisions;
}

/**
 * Decides everything that the operation touches, in one call, before the first resolver runs. If the log cannot be written,
 * everything is denied with LOG_UNAVAILABLE (C13); if the sector's own database fails, with the code that says so. Fails with
 * RATE_LIMITED if the caller's budget is spent.
 */
export async function decide(request: Deciding): Promise<void> {
  const { touched, sector } = request;
  if (touched.youths.length === 0) return;
  try {
    const permits = await authorize(request, 'READ', touched);
    request.decisions = new Decisions(permits, sector.labels);
  } catch (cause) {
    if (isRateLimited(cause)) throw cause;
    logFault(sector.log, 'authorize', cause);
    request.decisions = Decisions.without(faultOf(cause));
  }
}

/** The code that says why no decision was taken. */
export function faultOf(cause: unknown): DecisionFault {
  if (!(cause instanceof OwnDatabaseFault)) return 'LOG_UNAVAILABLE';
  return isUnreachable(cause) ? 'SUBGRAPH_UNAVAILABLE' : 'INTERNAL_SERVER_ERROR';
}

/** The error for a caller about whom nothing was decided; RATE_LIMITED if the caller's budget is spent. */
export function undecided(cause: unknown): HubError {
  return isRateLimited(cause) ? cause : HubError.constant(faultOf(cause), cause);
}

/** The sector's own database did not say who is assigned, so that nothing was decided or logged. */
class OwnDatabaseFault extends Error {
  override readonly name = 'OwnDatabaseFault';
}

const ASSIGNED = statement<{ readonly youths: readonly string[]; readonly agency: string; readonly subject: string }>(
  'assigned',
  `SELECT youth_id FROM agency.assignment
    WHERE youth_id = ANY (:youths::uuid[]) AND agency = :agency AND subject = :subject AND ended_at IS NULL`,
);

/**
 * Asks the registry, after asking the own database who is assigned (C3). The response is released only while the permits last.
 * Rejects if the registry, its log or the own database cannot be reached; `faultOf` names the code. Rejects with RATE_LIMITED if the
 * caller's budget is spent.
 */
export async function authorize(
  request: Omit<Deciding, 'touched' | 'decisions'>,
  action: Action,
  { kinds, youths }: Touched,
): Promise<Permit[]> {
  const { caller, operation, answer, response, sector } = request;
  // One malformed id would fail the statement that other requests share; nobody is permitted anything about it (C2).
  const wellFormed = youths.filter(({ id }) => isYouthId(id));
  if (sector.authorizer === null || wellFormed.length === 0) return [];
  await request.spend(unitsOf({ kinds, youths: wellFormed }));
  const assigned = new Set<string>();
  if (caller.agency.startsWith(`${sector.name}:`)) {
    const { agency, subject } = caller;
    const { rows } = await sector.pool
      .query<{ youth_id: string }>(ASSIGNED({ youths: wellFormed.map(({ id }) => id), agency, subject }))
      .catch((cause: unknown) => {
        throw new OwnDatabaseFault('Expected to read who is assigned; the own database failed.', { cause });
      });
    for (const row of rows) assigned.add(row.youth_id);
  }
  const asked = wellFormed.map(({ id, kinds: its }) => ({ id, assigned: assigned.has(id), kinds: its }));
  const permits = await sector.authorizer.decide({ caller, operation, answer, action, kinds, youths: asked });
  for (const { timeLeftMs } of permits) response.limitTo(timeLeftMs);
  if (action === 'READ' && permits.length > 0) noteOutcome(request, sector.authorizer);
  return permits;
}

/** The answers whose outcome goes to the log: an answer has one, however many decisions it took. */
const noted = new WeakSet<ReleaseHandle>();

/** Sends the outcome of the answer to the log, beside the decision. */
function noteOutcome(
  { caller, operation, answer, records, response }: Omit<Deciding, 'touched' | 'decisions'>,
  authorizer: Authorizer,
): void {
  if (noted.has(response)) return;
  noted.add(response);
  response.onOutcome((outcome) =>
    authorizer.note({ caller, operation, answer, ...outcome, records: Object.fromEntries(records) }),
  );
}
