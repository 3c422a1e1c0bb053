import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { ImportFault } from '../../chassis/importer.ts';
import { named } from '../../chassis/statement.ts';

/** The time, as PostgreSQL writes intervals, for which the lock of an import that was killed lasts. */
const LASTS = '1 minute';
/** Milliseconds between two times that the lock is set forward. */
const EVERY_MS = 15_000;
/** Milliseconds since the lock was last set forward after which no batch begins: a batch ends before the lock does. */
const GOOD_FOR_MS = 45_000;

interface Held {
  readonly agency: string;
  readonly holder: string;
}

const TAKE = `INSERT INTO agency.import_lock AS held (agency, holder, until) VALUES (:agency, :holder, now() + interval '${LASTS}')
    ON CONFLICT (agency) DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE held.until <= now()
    RETURNING agency`;
const KEEP = `UPDATE agency.import_lock SET until = now() + interval '${LASTS}' WHERE agency = :agency AND holder = :holder`;
const GIVE_BACK = 'UPDATE agency.import_lock SET until = now() WHERE agency = :agency AND holder = :holder';

/** Lets one import at a time write an agency's records. It is a row, which holds behind a pooler too. */
export class ImportLock {
  readonly #session: pg.Client;
  readonly #held: Held;
  readonly #timer: NodeJS.Timeout;
  readonly #now: () => number;
  /** When the statement was sent that last set the lock forward. */
  #keptAt: number;
  #isTaken = false;
  /** The fault of the last attempt to set it forward. */
  #fault: unknown;

  private constructor(session: pg.Client, held: Held, now: () => number, keptAt: number) {
    this.#session = session;
    this.#held = held;
    this.#now = now;
    this.#keptAt = keptAt;
    this.#timer = setInterval(() => void this.keep(), EVERY_MS);
    this.#timer.unref();
  }

  /** Takes the lock. Throws an ImportFault if another import holds it. `now` counts milliseconds. */
  static async take(
    session: pg.Client,
    agency: string,
    now: () => number = () => performance.now(),
  ): Promise<ImportLock> {
    const held = { agency, holder: randomUUID() };
    const sentAt = now();
    const { rowCount } = await session.query(named(TAKE, held));
    if (rowCount === 1) return new ImportLock(session, held, now, sentAt);
    throw new ImportFault(
      `Another import for ${agency} is running: wait until it ends, at most a minute after one that was killed, then import this file.`,
    );
  }

  /** Throws an ImportFault if another import may have begun. Ask it before each batch. */
  demand(): void {
    if (!this.#isTaken && this.#now() - this.#keptAt < GOOD_FOR_MS) return;
    throw new ImportFault(
      'The database could not be reached for most of a minute: import this file again; nothing is doubled.',
      { cause: this.#fault },
    );
  }

  /** Lets the next import begin: at once, or within a minute if the database cannot be reached. */
  async giveBack(): Promise<void> {
    clearInterval(this.#timer);
    await this.#session.query(named(GIVE_BACK, this.#held)).catch(() => undefined);
  }

  /** Sets the lock forward. A session that fails or hangs does not: then `demand` throws, before the lock ends. */
  async keep(): Promise<void> {
    const sentAt = this.#now();
    try {
      const { rowCount } = await this.#session.query(named(KEEP, this.#held));
      if (rowCount === 1) this.#keptAt = sentAt;
      else this.#isTaken = true;
    } catch (fault) {
      this.#fault = fault;
    }
  }
}
