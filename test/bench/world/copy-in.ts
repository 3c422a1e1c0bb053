import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { Table } from './tables.ts';

/** Youths whose rows make one file. */
const AT_ONCE = 20_000;

/** Files that wait for the server: it should always have one. */
const WAITING = 3;

/**
 * Loads rows by COPY, out of files that are made beside: the next are written while the server reads the ones before.
 * Takes a superuser's connection, since the server reads the files itself; `folder` is one that its user may pass through.
 */
export class CopyIn {
  readonly #client: pg.Client;
  readonly #folder: string;
  /** What is being loaded, one after the other, and how many files that is. */
  #loading: Promise<unknown> = Promise.resolve();
  readonly #waiting: Promise<unknown>[] = [];
  #files = 0;

  constructor(client: pg.Client, folder: string) {
    this.#client = client;
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o755 });
  }

  /** Loads rows into a table, named with its columns, after what was given before. Resolves when the next may be given. */
  async load(into: string, rows: readonly string[]): Promise<void> {
    this.#files += 1;
    const file = join(this.#folder, `${this.#files}.txt`);
    writeFileSync(file, rows.join(''), { mode: 0o644 });
    this.#loading = this.#loading.then(() => this.#client.query(`COPY ${into} FROM '${file}'`));
    this.#waiting.push(this.#loading.finally(() => rmSync(file)));
    // Their failure is told to whoever waits for them, at a later load or at the end.
    this.#waiting.at(-1)?.catch(() => undefined);
    if (this.#waiting.length > WAITING) await this.#waiting.shift();
  }

  /** Waits for all that was given. */
  async end(): Promise<void> {
    await Promise.all(this.#waiting.splice(0));
  }

  /** Loads the rows of so many youths, with the table's indexes made when they are in. */
  async fill({ into, rowsOf }: Table, youths: number): Promise<void> {
    const [table = ''] = into.split(' ');
    await withoutIndexes(this.#client, table, async () => {
      for (let first = 0; first < youths; first += AT_ONCE) {
        const count = Math.min(AT_ONCE, youths - first);
        await this.load(
          into,
          Array.from({ length: count }, (_, index) => rowsOf(first + index)),
        );
      }
      await this.end();
    });
  }
}

/** The indexes of a table that hold up no constraint, on its partitions too. */
const INDEXES = `
  SELECT i.indexrelid::regclass::text AS name, replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ') AS definition
  FROM pg_index i WHERE i.indrelid = $1::regclass
    AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)`;

/** Takes a table's indexes away while rows go in; made at once over all of them they take a fraction of the time. */
export async function withoutIndexes(client: pg.Client, table: string, work: () => Promise<void>): Promise<void> {
  const { rows } = await client.query<{ name: string; definition: string }>(INDEXES, [table]);
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  await work();
  for (const { definition } of rows) await client.query(definition);
}
