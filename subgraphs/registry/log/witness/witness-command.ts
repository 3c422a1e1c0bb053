import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { createLog } from '../../../../chassis/log.ts';
import { exitOnFault } from '../../../../process/configuration.ts';
import { newKeyPair } from '../../../../process/key-pair.ts';
import { StartError } from '../../../../process/start-error.ts';
import {
  formatVerifierKey,
  parseVerifierKey,
  SIGNATURE_TYPES,
  type VerifierKey,
  verifierKey,
} from '../../../../schema/log/note.ts';
import { Witness } from './witness.ts';
import { WitnessFolder } from './witness-folder.ts';
import { serveWitness } from './witness-server.ts';

interface Options {
  readonly name: string;
  readonly key: string;
  readonly log: readonly VerifierKey[];
  readonly folder: string;
  readonly host: string;
  readonly port: number;
}

/**
 * `npm run witness -- serve | new-key`: what another agency runs to see to it that nobody, not the hub's operator either,
 * rewrites the access log. It learns nothing personal: a checkpoint is a hash.
 */
async function main(): Promise<void> {
  const command = new Command('npm run witness --').exitOverride();
  command
    .command('new-key')
    .description('Makes the witness’s key in a new file, and prints what the hub’s policy and auditors need of it.')
    .argument('<file>', 'the new file')
    .requiredOption('--name <name>', 'the witness’s name, as a URL without scheme: witness.example.se', keyName)
    .option(
      '--ml-dsa-44',
      'makes an ML-DSA-44 key: hub and auditors then need Node 24.7 or later, or it does not count',
    )
    .action((file: string, { name, mlDsa44 = false }: { name: string; mlDsa44?: boolean }) => {
      if (existsSync(file)) throw new StartError('The file is there already: a witness keeps its key. Name a new one.');
      const privateKey = mlDsa44 ? newMlDsaKey() : newKeyPair().privateKey;
      writeFileSync(file, privateKey, { mode: 0o600, flag: 'wx' });
      process.stdout.write(
        `witness ${name.replaceAll(/[^A-Za-z0-9]+/g, '-')} ${formatVerifierKey(keyOf(name, privateKey))} https://${name}\n`,
      );
    });
  command
    .command('serve')
    .description('Cosigns the checkpoints of logs, each only if it goes on from the one before.')
    .requiredOption('--name <name>', 'the witness’s name', keyName)
    .requiredOption('--key <file>', 'its private key')
    .requiredOption('--log <key...>', 'the verifier keys of the logs that it knows', logKey)
    .requiredOption('--folder <folder>', 'where it keeps what it has cosigned; never restore it from a backup')
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .option('--port <port>', 'the port; 0 is any free one', portNumber, 4010)
    .action(serve);
  try {
    await command.parseAsync();
  } catch (fault) {
    // Commander has told its own faults, and the help, already.
    if (!(fault instanceof CommanderError)) throw fault;
    process.exitCode = fault.exitCode === 0 ? 0 : 1;
  }
}

async function serve({ name, key: file, log: logs, folder, host, port }: Options): Promise<void> {
  const pem = privatePem(file);
  const memory = new WitnessFolder(folder);
  const witness = new Witness({ key: keyOf(name, pem), privateKey: createPrivateKey(pem), logs }, memory);
  const server = await serveWitness(witness, { host, port }, createLog('witness'));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void server.close().then(() => {
        memory.release();
        process.exit(0);
      });
    });
  }
  process.stdout.write(`${JSON.stringify({ ready: true, port: server.port })}\n`);
}

function privatePem(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    if (['ed25519', 'ml-dsa-44'].includes(createPrivateKey(pem).asymmetricKeyType ?? '')) return pem;
  } catch {
    // What OpenSSL says could quote the key.
  }
  throw new StartError('The file of --key holds no Ed25519 or ML-DSA-44 key: make one by npm run witness -- new-key.');
}

function keyOf(name: string, pem: string): VerifierKey {
  const key = createPublicKey(pem);
  const { COSIGNATURE, ML_DSA_COSIGNATURE } = SIGNATURE_TYPES;
  return verifierKey(name, key, key.asymmetricKeyType === 'ml-dsa-44' ? ML_DSA_COSIGNATURE : COSIGNATURE);
}

function newMlDsaKey(): string {
  try {
    return generateKeyPairSync('ml-dsa-44').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch (cause) {
    throw new StartError('This Node does not know ML-DSA-44: use Node 24.7 or later.', { cause });
  }
}

function keyName(text: string): string {
  if (/^[^\s+]+$/u.test(text)) return text;
  throw new InvalidArgumentError('Expected a name without spaces and plus.');
}

function logKey(text: string, before: readonly VerifierKey[] = []): VerifierKey[] {
  try {
    const key = parseVerifierKey(text);
    if (key.key !== null) return [...before, key];
  } catch {
    throw new InvalidArgumentError('Expected a verifier key: NAME+ID+BASE64.');
  }
  throw new InvalidArgumentError('This Node cannot verify by ML-DSA-44: run the witness on Node 24.7 or later.');
}

function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('Expected a port from 0 to 65535.');
}

exitOnFault(main);
