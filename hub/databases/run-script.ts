import type pg from 'pg';
import type { Script } from '../../chassis/migrations.ts';

/** Runs a script. If it fails, throws an error that names it, with PostgreSQL's as its cause. */
export async function runScript({ name, text }: Script, client: pg.Client): Promise<void> {
  try {
    await client.query(text());
  } catch (cause) {
    throw new Error(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
