import { type Command, InvalidArgumentError } from 'commander';
import type pg from 'pg';
import { eraserLogin, erasureConfirmerLogin, type Login } from '../../../../chassis/folders.ts';
import { named } from '../../../../chassis/statement.ts';
import type { Surroundings } from '../../../../process/command.ts';
import { progressOn } from '../../../../process/progress.ts';
import { holdsIdentityNumber } from '../../../../schema/identity-number.ts';
import { ExportFault } from './exported.ts';

/** A session under a login of the log, for as long as `work` takes. */
export type WithLogin = <T>(
  login: Login,
  data: string | undefined,
  work: (db: Pick<pg.Pool, 'query'>) => Promise<T>,
) => Promise<T>;

/** Adds `erase propose | show | confirm` to the auditor's command. */
export function addErase(command: Command, withLogin: WithLogin, around: Surroundings): void {
  const erase = command
    .command('erase')
    .description('Erases entries that need not be kept any more: one person proposes it, another confirms it.');
  const data = ['--data <folder>', 'of the hub that runs from this data folder (npm start)'] as const;
  erase
    .command('propose')
    .description('Counts what may be erased, and writes it down. It is itself an entry. Erases nothing.')
    .requiredOption('--until <date>', 'entries that had to be kept until before this day, not later than today', day)
    .requiredOption('--ground <text>', 'on which ground they are erased; nothing personal', text)
    .requiredOption('--by <subject>', 'the subject of who proposes it', text)
    .option(...data)
    .action(({ data: folder, ...proposed }: Proposed & { data?: string }) =>
      withLogin(eraserLogin(), folder, (db) => propose(db, proposed, around)),
    );
  erase
    .command('show')
    .description('Prints a proposal, for who is to confirm it.')
    .argument('<id>', 'of the proposal', proposalId)
    .option(...data)
    .action((id: string, { data: folder }: { data?: string }) =>
      withLogin(erasureConfirmerLogin(), folder, async (db) => {
        around.stdout.write(`${shown(await proposal(db, id))}\n`);
      }),
    );
  erase
    .command('confirm')
    .description('Confirms a proposal, and erases. After an interruption, give it again: it goes on.')
    .argument('<id>', 'of the proposal', proposalId)
    .requiredOption('--by <subject>', 'the subject of who confirms it: another than who proposed it', text)
    .option(...data)
    .action((id: string, { data: folder, by }: { data?: string; by: string }) =>
      withLogin(erasureConfirmerLogin(), folder, (db) => confirm(db, id, by, around)),
    );
}

interface Proposed {
  readonly until: Date;
  readonly ground: string;
  readonly by: string;
}

async function propose(db: Pick<pg.Pool, 'query'>, { until, ground, by }: Proposed, around: Surroundings) {
  const { rows } = await db.query<{ id: string }>(
    named('SELECT seal.propose_erasure(:until, :ground, :by) AS id', { until, ground, by }),
  );
  const id = rows[0]?.id ?? '';
  let progress: ReturnType<typeof progressOn> | undefined;
  let total: number | undefined;
  for (let left = 1; left > 0; ) {
    const counted = await db.query<{ left: string; looked: string }>(
      named(
        'SELECT seal.count_erasure(:id) AS left, (SELECT looked_until FROM seal.erasure WHERE id = :id) AS looked',
        {
          id,
        },
      ),
    );
    left = Number(counted.rows[0]?.left);
    total ??= left + Number(counted.rows[0]?.looked);
    progress ??= progressOn(around.stderr, total, 'rows');
    progress.at(total - left);
  }
  around.stdout.write(`${shown(await proposal(db, id))}\n`);
}

async function confirm(db: Pick<pg.Pool, 'query'>, id: string, by: string, around: Surroundings): Promise<void> {
  await db.query(named('SELECT seal.confirm_erasure(:id, :by)', { id, by }));
  let now = await proposal(db, id);
  const progress = progressOn(around.stderr, now.parts, 'parts');
  while (now.finishedAt === null) {
    await db.query(named('SELECT seal.erase_next(:id)', { id }));
    now = await proposal(db, id);
    progress.at(now.erased);
  }
  const dropped = await db.query<{ name: string }>('SELECT seal.drop_empty_partitions() AS name');
  around.stdout.write(`${shown(now)}\n`);
  if (dropped.rows.length > 0)
    around.stdout.write(`  dropped       ${dropped.rows.map(({ name }) => name).join(', ')}, empty\n`);
}

interface Proposal {
  readonly id: string;
  readonly keptBefore: Date;
  readonly ground: string;
  readonly proposedBy: string;
  readonly parts: number;
  readonly confirmedBy: string | null;
  readonly erased: number;
  readonly finishedAt: Date | null;
}

async function proposal(db: Pick<pg.Pool, 'query'>, id: string): Promise<Proposal> {
  const { rows } = await db.query<Proposal>(
    named(
      `SELECT id, kept_before AS "keptBefore", ground, proposed_by AS "proposedBy", parts::float8 AS parts,
       confirmed_by AS "confirmedBy", erased::float8 AS erased, finished_at AS "finishedAt"
     FROM seal.erasure WHERE id = :id AND counted_at IS NOT NULL`,
      { id },
    ),
  );
  const [row] = rows;
  if (row === undefined) throw new ExportFault('There is no such proposal: give the id that erase propose printed.');
  return row;
}

function shown({ id, keptBefore, ground, proposedBy, parts, confirmedBy, erased, finishedAt }: Proposal): string {
  const number = (value: number): string => value.toLocaleString('en-GB');
  return [
    `Erasure ${id}`,
    `  of            ${number(parts)} parts of rows that had to be kept until before ${keptBefore.toISOString().slice(0, 10)}`,
    `  ground        ${ground}`,
    `  proposed by   ${proposedBy}`,
    `  confirmed by  ${confirmedBy ?? 'nobody yet'}`,
    `  erased        ${number(erased)}${finishedAt === null ? '' : ', done'}`,
  ].join('\n');
}

function day(value: string): Date {
  if (/^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) && Date.parse(value) <= Date.now())
    return new Date(value);
  throw new InvalidArgumentError('Expected a day, not later than today: 2026-01-31.');
}

function text(value: string): string {
  if (value.trim() !== '' && !holdsIdentityNumber(value)) return value;
  throw new InvalidArgumentError('It must be a text in which nothing looks like a personal identity number.');
}

function proposalId(value: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return value;
  throw new InvalidArgumentError('Expected the id that erase propose printed.');
}
