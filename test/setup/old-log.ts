import { randomUUID } from 'node:crypto';
import { type SealedLog, startSealedLog } from './sealed-log.ts';
import { cosignLatest, testWitness } from './witnesses.ts';

/** A year and a day at most, as the log counts: in milliseconds. */
export const YEAR_MS = 366 * 86_400_000;

/** Those that the log of `startOldLog` is seen by. */
export const WITNESSES = ['north', 'south', 'west'].map(testWitness);

/** Groups of the log of `startOldLog`, by how long they and what is written under them last. */
export const group = {
  open: randomUUID(),
  endedLately: randomUUID(),
  ended: randomUUID(),
  endedAndKeptLonger: randomUUID(),
};

/** The group that keeps its entries for seven years; the others do for five. */
export const KEPT_LONGER = group.endedAndKeptLonger;

/** Groups of two programmes, one of which keeps entries for seven years. */
const FACTS = `
  INSERT INTO registry.agency (code, name, sector) VALUES ('social-services:a', 'A', 'social-services');
  INSERT INTO registry.programme (code, version, name, kind, retention_years)
    VALUES ('five', 1, 'x', 'SIG', 5), ('seven', 1, 'x', 'SIG', 7);
  INSERT INTO registry.youth (id, lead_agency)
    SELECT '00000000-0000-4000-8000-000000000001', id FROM registry.agency WHERE code = 'social-services:a';
  INSERT INTO registry.intervention_group (id, youth, programme, lead_agency, opened_at, ended_at, end_reason)
    SELECT g.id::uuid, y.id, p.id, y.lead_agency, now() - interval '7 years', now() - g.ended_ago::interval,
      CASE WHEN g.ended_ago IS NOT NULL THEN 'GOALS_MET' END
    FROM (VALUES ('${group.open}', 'five', NULL), ('${group.endedLately}', 'five', '2 years'),
      ('${group.ended}', 'five', '66 months'), ('${group.endedAndKeptLonger}', 'seven', '66 months')) AS g (id, code, ended_ago)
    JOIN registry.programme p ON p.code = g.code CROSS JOIN registry.youth y;`;

/** An entry as of years ago; six unless given. */
export interface OldEntry {
  readonly yearsAgo?: number;
  readonly kind?: 'READ' | 'DECISION' | 'RELEASED';
  readonly of?: string;
  readonly answer?: string;
}

const WRITE = `INSERT INTO registry.entry (at, kind, permitted, request_id, operation_hash, caller, agency, roles, group_id, answer)
  SELECT now() - $1::float8 * interval '366 days', $2, true, gen_random_uuid(), 'x', 'p-1001', a.id, 1, $3, $4
  FROM registry.agency a WHERE a.code = 'social-services:a'`;

const [kept1, kept2] = [randomUUID(), randomUUID()];
/** The leaves 0 to 17. */
export const OLD: readonly OldEntry[] = [
  { yearsAgo: 8 },
  ...Array.from({ length: 9 }, () => ({})),
  { of: group.open },
  { of: group.endedLately },
  { of: group.ended },
  { of: group.endedAndKeptLonger },
  { kind: 'DECISION', of: group.open, answer: kept1 },
  { kind: 'RELEASED', answer: kept1 },
  { kind: 'DECISION', of: group.ended, answer: kept2 },
  { kind: 'RELEASED', answer: kept2 },
];
/** Of these, what need not be kept any more. */
export const ERASABLE = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 17];

/** A log of years, sealed, of which some need not be kept any more. */
export interface OldLog extends SealedLog {
  /** The first checkpoint that witnesses saw today: older leaves were seen years ago. */
  readonly kept: string;
  /** Writes more of them. */
  write(entries: readonly OldEntry[]): Promise<void>;
  /** Seals what is there, and lets the witnesses see it as of years ago. */
  sealAsOf(yearsAgo: number): Promise<string>;
}

/** Makes the log; `before` may put more beside its entries before they are sealed. */
export async function startOldLog(
  before: (log: SealedLog) => Promise<unknown> = async () => undefined,
): Promise<OldLog> {
  const log = await startSealedLog();
  const write = (entries: readonly OldEntry[]) =>
    log.as(log.owner, async (client) => {
      for (const { yearsAgo = 6, kind = 'READ', of = null, answer = null } of entries)
        await client.query(WRITE, [yearsAgo, kind, of, answer]);
    });
  const sealAsOf = async (yearsAgo: number) => {
    await log.seal();
    const note = await cosignLatest(log, WITNESSES, new Date(Date.now() - yearsAgo * YEAR_MS));
    const back = `UPDATE seal.checkpoint SET sealed_at = now() - $1::float8 * interval '366 days',
        witnessed_at = now() - $1::float8 * interval '366 days'
      WHERE size = (SELECT max(size) FROM seal.checkpoint)`;
    await log.as(log.superuserUrl, (client) => client.query(back, [yearsAgo]));
    return note;
  };
  const year = new Date(Date.now() - 8 * YEAR_MS).getUTCFullYear();
  await log.as(log.owner, async (client) => {
    await client.query(FACTS);
    await client.query(
      `SELECT registry.make_partition(month::date) FROM generate_series(make_date($1, 1, 1), make_date($1 + 3, 12, 1), interval '1 month') month`,
      [year],
    );
  });
  await write(OLD);
  await before(log);
  await sealAsOf(5.9);
  // As old, and yet nobody outside saw it in time.
  await write([{}, {}]);
  return { ...log, kept: await sealAsOf(0), write, sealAsOf };
}
