import { readFileSync, writeFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { auditorLogin } from '../../../../chassis/folders.ts';
import { loginUrl } from '../../../../chassis/running-hub.ts';
import { carryOut, operatorCommand, type Surroundings } from '../../../../process/command.ts';
import { progressOn } from '../../../../process/progress.ts';
import { holdsIdentityNumber } from '../../../../schema/identity-number.ts';
import { FormatError, utf8 } from '../../../../schema/log/note.ts';
import { type Policy, parsePolicy } from '../../../../schema/log/policy.ts';
import { addErase, type WithLogin } from './erase-command.ts';
import { ExportFault, ExportReader } from './exported.ts';
import { verdictText } from './verdict.ts';
import { verifyExport } from './verify.ts';

/**
 * `npm run audit -- export | verify | erase`. Resolves to the exit code: 0, done, or verified without a fault; 1, the log does not
 * stand, and stdout says why; 2, it could not be done, and one sentence on stderr says why.
 */
export async function auditCommand(parameters: readonly string[], around: Surroundings): Promise<number> {
  let exitCode = 0;
  const command = operatorCommand('audit', around);
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
  const status = await carryOut(command, parameters, around, 2);
  return status === 0 ? exitCode : status;
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
  throw new InvalidArgumentError('--by must be a subject in which nothing looks like a personal identity number.');
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
      progress ??= progressOn(stderr, total, 'rows');
      progress.at(at);
    }),
  );
  const witnessed = done.isWitnessed ? 'cosigned by the quorum of witnesses' : 'not cosigned by witnesses';
  stdout.write(
    `Exported ${done.until - done.from} rows to ${folder}, proven by a checkpoint of ${done.size}, ${witnessed}.\n`,
  );
}

/** Sessions in UTC under logins of the log. Verifying needs no database, and loads none. */
function sessions(env: Surroundings['env']): WithLogin {
  return async (login, data, work) => {
    const { default: pg } = await import('pg');
    const { connectionTo } = await import('../../../../chassis/store/hosts.ts');
    const db = new pg.Pool({
      ...connectionTo(loginUrl(login, data, env).url),
      max: 1,
      application_name: 'samsyn audit',
      // Before its first statement, and not as an option of the start, which poolers refuse.
      verify: (client, done) => client.query("SET TimeZone = 'UTC'", (fault) => done(fault)),
    });
    try {
      return await work(db);
    } finally {
      await db.end();
    }
  };
}

async function verify(folder: string, options: VerifyOptions, { stdout, stderr }: Surroundings): Promise<number> {
  const policy = policyIn(options.policy);
  const known = options.known.map((file) => keptText(file));
  let progress: ReturnType<typeof progressOn> | undefined;
  const verdict = await verifyExport(
    new ExportReader(folder),
    { policy, known, retentionYears: options.retentionYears },
    (done, total) => {
      progress ??= progressOn(stderr, total, 'rows');
      progress.at(done);
    },
  );
  if (options.report !== undefined)
    writeFileSync(options.report, `${JSON.stringify(verdict, null, 2)}\n`, { mode: 0o600 });
  stdout.write(`${verdictText(verdict)}\n`);
  return verdict.faultCount === 0 ? 0 : 1;
}

function policyIn(file: string): Policy {
  try {
    return parsePolicy(bytesOf(file, 'The policy'));
  } catch (cause) {
    if (cause instanceof FormatError) throw new ExportFault(cause.message, { cause });
    throw cause;
  }
}

function keptText(file: string): string {
  const bytes = bytesOf(file, 'The checkpoint that was kept');
  try {
    return utf8(bytes);
  } catch (cause) {
    throw new ExportFault('The checkpoint that was kept is not UTF-8: name another file.', { cause });
  }
}

function bytesOf(file: string, what: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new ExportFault(`${what} cannot be read: name a file that there is.`, { cause });
  }
}

if (import.meta.main) process.exitCode = await auditCommand(process.argv.slice(2), process);
