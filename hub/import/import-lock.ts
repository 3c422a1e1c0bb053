import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { ImportFault } from '../../chassis/importer.ts';
import { named } from '../../chassis/statement.ts';

/** The time, as PostgreSQL writes intervals, for which the lock of an import that was killed lasts. */
const LASTS = '1 minute';
/** Milliseconds between two times that the lock is set forward. */
const EVERY_MS = 15_000;

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
  #isLost = false;

  private constructor(session: pg.Client, held: Held) {
    this.#session = session;
    this.#held = held;
    this.#timer = setInterval(() => void this.#keep(), EVERY_MS);
    this.#timer.unref();
  }

  /** Takes the lock. Throws an ImportFault if another import holds it. */
  static async take(session: pg.Client, agency: string): Promise<ImportLock> {
    const held = { agency, holder: randomUUID() };
    const { rowCount } = await session.query(named(TAKE, held));
    if (rowCount === 1) return new ImportLock(session, held);
    throw new ImportFault(
      `Another import for ${agency} is running: wait until it ends, at most a minute after one that was killed, then import this file.`,
    );
  }

  /** Throws an ImportFault if another import may have begun. Ask it before each batch. */
  demand(): void {
    if (!this.#isLost) return;
    throw new ImportFault(
      'The database could not be reached for a minute: import this file again; nothing is doubled.',
    );
  }

  /** Lets the next import begin: at once, or within a minute if the database cannot be reached. */
  async giveBack(): Promise<void> {
    clearInterval(this.#timer);
    await this.#session.query(named(GIVE_BACK, this.#held)).catch(() => undefined);
  }

  async #keep(): Promise<void> {
    const kept = await this.#session.query(named(KEEP, this.#held)).catch(() => null);
    if (kept?.rowCount !== 1) this.#isLost = true;
  }
}
