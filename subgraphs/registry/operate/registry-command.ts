import { createPrivateKey, createPublicKey } from 'node:crypto';
import { InvalidArgumentError } from 'commander';
import type pg from 'pg';
import { folderNamed, ownerLogin, REGISTRY } from '../../../chassis/folders.ts';
import { loginUrl } from '../../../chassis/running-hub.ts';
import { clientTo } from '../../../chassis/store/hosts.ts';
import { carryOut, operatorCommand, type Surroundings } from '../../../process/command.ts';
import { optional, pem, readConfiguration, string } from '../../../process/configuration.ts';
import { holdsIdentityNumber } from '../../../schema/identity-number.ts';
import { formatVerifierKey, SIGNATURE_TYPES, verifierKey } from '../../../schema/log/note.ts';
import { originOf } from '../log/seal/state.ts';
import { type BudgetUnits, LEAST_BUDGET, setBudget } from './budget.ts';
import { ReconcileFault, reconcile } from './reconcile.ts';
import { LEAST_RETENTION_YEARS, setRetention } from './retention.ts';

/**
 * `npm run registry -- reconcile | retention | budget | verifier-key`. Resolves to the exit code: 0 if it is done;
 * 1 if nothing was changed, and stderr says why.
 */
export async function registryCommand(parameters: readonly string[], around: Surroundings): Promise<number> {
  const command = operatorCommand('registry', around);
  command
    .command('reconcile')
    .description(
      'Lets a halted access log continue, after you have found out why it was halted. The command itself is an entry in the log.',
    )
    .requiredOption('--by <subject>', 'the subject of the person who reconciles', free)
    .requiredOption('--reason <text>', 'what happened, and what was done about it; nothing personal', free)
    .option('--data <folder>', 'use the hub that runs from this data folder (npm start)')
    .action(async ({ by, reason, data }: Readonly<Record<'by' | 'reason', string>> & { data?: string }) => {
      around.stdout.write(`${await reconcileLog(by, reason, data, around.env)}\n`);
    });
  command
    .command('retention')
    .description(
      'Sets how long the access log keeps entries that are written from now on; programmes may ask for more. The command itself is an entry in the log.',
    )
    .requiredOption('--years <number>', `${LEAST_RETENTION_YEARS} or more, after the end of the group`, retentionYears)
    .requiredOption('--by <subject>', 'the subject of the person who sets it', free)
    .requiredOption('--reason <text>', 'the reason; nothing personal', free)
    .option('--data <folder>', 'use the hub that runs from this data folder (npm start)')
    .action(async ({ years, by, reason, data }: { years: number; by: string; reason: string; data?: string }) => {
      await withOwner(data, around.env, (client) => setRetention(client, years, by, reason));
      around.stdout.write(`The log keeps entries that are written from now on for ${years} years.\n`);
    });
  command
    .command('budget')
    .description(
      'Sets how many units of information a caller may ask of one sector within an hour. The command itself is an entry in the log.',
    )
    .requiredOption('--person <number>', `${LEAST_BUDGET} or more; 20000 unless it was set`, budgetUnits)
    .requiredOption('--system <number>', `${LEAST_BUDGET} or more; 500000 unless it was set`, budgetUnits)
    .requiredOption('--by <subject>', 'the subject of the person who sets it', free)
    .requiredOption('--reason <text>', 'the reason; nothing personal', free)
    .option('--data <folder>', 'use the hub that runs from this data folder (npm start)')
    .action(async ({ by, reason, data, ...units }: BudgetUnits & { by: string; reason: string; data?: string }) => {
      await withOwner(data, around.env, (client) => setBudget(client, units, by, reason));
      around.stdout.write(
        `Within a minute a person may ask for ${units.person} units an hour, and a system for ${units.system}.\n`,
      );
    });
  command
    .command('verifier-key')
    .description('Prints the key by which others verify the log, in the form for policies.')
    .option('--log <number>', 'the number of the log, if it follows another', logNumber, 1)
    .action(({ log }: { log: number }) => {
      around.stdout.write(`${keyText(log, around.env)}\n`);
    });
  return carryOut(command, parameters, around);
}

function free(text: string): string {
  if (text.trim() !== '' && !holdsIdentityNumber(text)) return text;
  throw new InvalidArgumentError(
    'It must be a text in which nothing looks like a personal identity number. Write it without the number.',
  );
}

function retentionYears(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) >= LEAST_RETENTION_YEARS && Number(text) <= 100) return Number(text);
  throw new InvalidArgumentError(`Expected a number of years from ${LEAST_RETENTION_YEARS} to 100.`);
}

function budgetUnits(text: string): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= LEAST_BUDGET) return Number(text);
  throw new InvalidArgumentError(`Expected a number of units from ${LEAST_BUDGET} to 999999999.`);
}

function logNumber(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a number from 1 on.');
}

async function reconcileLog(
  by: string,
  reason: string,
  data: string | undefined,
  env: Surroundings['env'],
): Promise<string> {
  const { origin, isNewLog } = await withOwner(data, env, (client) => reconcile(client, by, reason));
  if (!isNewLog) return `The access log goes on as ${origin}.`;
  const number = origin.slice(origin.lastIndexOf('/') + 1);
  return `The access log goes on as another log, ${origin}, from the entries that remain. Give the witnesses and auditors its key, which npm run registry -- verifier-key --log ${number} prints.`;
}

async function withOwner<T>(
  data: string | undefined,
  env: Surroundings['env'],
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = clientTo(loginUrl(ownerLogin(folderNamed(REGISTRY)), data, env).url, {
    application_name: 'samsyn registry',
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    // The end of the session rolls back everything that was not committed.
    await client.end();
  }
}

function keyText(log: number, env: Surroundings['env']): string {
  const { origin, key, program } = readConfiguration(env, {
    origin: string('SAMSYN_LOG_ORIGIN', 'the log’s name'),
    key: optional(pem('SAMSYN_LOG_KEY', 'private'), null),
    program: optional(pem('SAMSYN_LOG_SIGNER_KEY', 'public'), null),
  });
  const publicKey =
    key !== null ? createPublicKey(createPrivateKey(key)) : program === null ? null : createPublicKey(program);
  if (publicKey === null)
    throw new ReconcileFault(
      'The log’s key is not set. Set SAMSYN_LOG_KEY_FILE or SAMSYN_LOG_SIGNER_KEY_FILE, as for the sealer.',
    );
  return formatVerifierKey(verifierKey(originOf(origin, log), publicKey, SIGNATURE_TYPES.NOTE));
}

if (import.meta.main) process.exitCode = await registryCommand(process.argv.slice(2), process);
