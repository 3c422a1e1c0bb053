import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { auditorLogin, type Login } from '../../../../chassis/folders.ts';
import { holdsIdentityNumber } from '../../../../chassis/input/plain-text.ts';
import { ROOT } from '../../../../hub/child.ts';
import { loginVariable } from '../../../../hub/databases/database-urls.ts';
import { progressOn } from '../../../../hub/import/import-report.ts';
import { runningDatabaseUrls } from '../../../../hub/running-hub.ts';
import { readConfiguration } from '../../../../process/configuration.ts';
import { FormatError } from '../../../../schema/log/note.ts';
import { type Policy, parsePolicy } from '../../../../schema/log/policy.ts';
import { addErase, type WithLogin } from './erase-command.ts';
import { ExportFault, ExportReader } from './exported.ts';
import type { Surroundings } from './surroundings.ts';
import { verdictText } from './verdict.ts';
import { verifyExport } from './verify.ts';

/**
 * `npm run audit -- export | verify | erase`. Resolves to the exit code: 0, done, or verified without a fault; 1, the log does not
 * stand, and stdout says why; 2, it could not be done, and one sentence on stderr says why.
 */
export async function auditCommand(parameters: readonly string[], around: Surroundings): Promise<number> {
  let exitCode = 0;
  const command = new Command('npm run audit --').exitOverride().configureOutput({
    writeOut: (text) => around.stdout.write(text),
    writeErr: (text) => around.stderr.write(text),
  });
  command
    .command('export')
    .description(
      'Writes entries of the access log, with all that proves them, into a new folder. It is itself an entry.',
    )
    .argument('<folder>', 'a new folder; what is in it is as secret as the log')
    .requiredOption('--from <instant>', 'from this instant on, as 2026-01-31 or 2026-01-31T09:30Z', instant)
    .requiredOption('--to <instant>', 'before this instant', instant)
    .option('--by <subject>', 'the subject of who exports, for the access log', subject, 'operator')
    .option('--data <folder>', 'export from the hub that runs from this data folder (npm start)')
    .action(async (folder: string, options: ExportOptions) => exportTo(folder, options, around));
  command
    .command('verify')
    .description('Verifies an export, without network and database.')
    .argument('<folder>', 'the folder of the export')
    .requiredOption('--policy <file>', 'whom you trust: log keys, witnesses and quorum (C2SP tlog-policy)')
    .option('--known <file...>', 'checkpoints that you kept: the log must go on from each', [])
    .option('--retention-years <years>', 'an entry may be erased after so many years', years, 5)
    .option('--report <file>', 'also write the report to this file, as JSON')
    .action(async (folder: string, options: VerifyOptions) => {
      exitCode = await verify(folder, options, around);
    });
  addErase(command, sessions(around.env), around);
  try {
    await command.parseAsync(parameters, { from: 'user' });
    return exitCode;
  } catch (fault) {
    // Commander has told its own faults, and the help, already.
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? 0 : 2;
    around.stderr.write(`${(fault instanceof Error ? fault.message : String(fault)).split('\n')[0]}\n`);
    return 2;
  }
}

interface ExportOptions {
  readonly from: Date;
  readonly to: Date;
  readonly by: string;
  readonly data?: string;
}

interface VerifyOptions {
  readonly policy: string;
  readonly known: readonly string[];
  readonly retentionYears: number;
  readonly report?: string;
}

function instant(text: string): Date {
  const isInstant = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/.test(text);
  if (isInstant && !Number.isNaN(Date.parse(text))) return new Date(text);
  throw new InvalidArgumentError('Expected a date or an instant in UTC: 2026-01-31 or 2026-01-31T09:30Z.');
}

function years(text: string): number {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a number of years.');
}

function subject(text: string): string {
  if (text !== '' && !holdsIdentityNumber(text)) return text;
  throw new InvalidArgumentError('--by is a subject, never a personal identity number.');
}

async function exportTo(
  folder: string,
  { data, ...wanted }: ExportOptions,
  { env, stdout, stderr }: Surroundings,
): Promise<void> {
  if (wanted.from >= wanted.to) throw new ExportFault('--from is before --to.');
  const { exportLog } = await import('./export.ts');
  let progress: ReturnType<typeof progressOn> | undefined;
  const done = await sessions(env)(auditorLogin(), data, (db) =>
    exportLog(db, wanted, folder, (at, total) => {
      progress ??= progressOn(stderr, total, 'entries');
      progress.at(at);
    }),
  );
  progress?.end();
  const witnessed = done.isWitnessed ? 'cosigned by the quorum of witnesses' : 'not cosigned by witnesses';
  stdout.write(
    `Exported ${done.until - done.from} entries to ${folder}, proven by a checkpoint of ${done.size}, ${witnessed}.\n`,
  );
}

/** Sessions in UTC under logins of the log. Verifying needs no database, and loads none. */
function sessions(env: Surroundings['env']): WithLogin {
  return async (login, data, work) => {
    const { default: pg } = await import('pg');
    const db = new pg.Pool({
      connectionString: urlOf(login, data, env),
      max: 1,
      options: '-c TimeZone=UTC',
      application_name: 'samsyn audit',
    });
    try {
      return await work(db);
    } finally {
      await db.end();
    }
  };
}

/** A login's URL: the environment's, or without it that of the hub which runs from the data folder. */
function urlOf(login: Login, data: string | undefined, env: Surroundings['env']): string {
  const isNamed = Boolean(env[login.variable] || env[`${login.variable}_FILE`]);
  const dataFolder = resolve(data ?? (env.SAMSYN_DATA || join(ROOT, '.samsyn')));
  if (data === undefined && (isNamed || !existsSync(dataFolder))) {
    const { url } = readConfiguration(env, { url: { ...loginVariable(login) } });
    if (url === undefined) throw new ExportFault(`${login.variable} is missing: set it, or ${login.variable}_FILE.`);
    return url;
  }
  return runningDatabaseUrls(dataFolder)[login.variable] ?? '';
}

async function verify(folder: string, options: VerifyOptions, { stdout, stderr }: Surroundings): Promise<number> {
  const policy = policyIn(options.policy);
  const known = options.known.map((file) => textOf(file, 'The checkpoint that was kept'));
  let progress: ReturnType<typeof progressOn> | undefined;
  const verdict = await verifyExport(
    new ExportReader(folder),
    { policy, known, retentionYears: options.retentionYears },
    (done, total) => {
      progress ??= progressOn(stderr, total, 'entries');
      progress.at(done);
    },
  ).finally(() => progress?.end());
  if (options.report !== undefined)
    writeFileSync(options.report, `${JSON.stringify(verdict, null, 2)}\n`, { mode: 0o600 });
  stdout.write(`${verdictText(verdict)}\n`);
  return verdict.faultCount === 0 ? 0 : 1;
}

function policyIn(file: string): Policy {
  try {
    return parsePolicy(textOf(file, 'The policy'));
  } catch (cause) {
    if (cause instanceof FormatError) throw new ExportFault(cause.message, { cause });
    throw cause;
  }
}

function textOf(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ExportFault(`${what} cannot be read: name a file that there is.`, { cause });
  }
}

if (import.meta.main) process.exitCode = await auditCommand(process.argv.slice(2), process);
