import { loginVariable } from '../../../../chassis/database-urls.ts';
import { sealerLogin } from '../../../../chassis/folders.ts';
import {
  integer,
  meant,
  optional,
  pem,
  port,
  readConfiguration,
  string,
  type Variable,
} from '../../../../process/configuration.ts';
import { StartError } from '../../../../process/start-error.ts';
import { type Policy, parsePolicy } from '../../../../schema/log/policy.ts';
import { commandSigner, fileSigner, keySigner, type NoteSigner } from './signer.ts';

/** The configuration of a process that seals the access log. */
export interface SealConfiguration {
  readonly databaseUrl: string;
  /** The log's name, for ever. */
  readonly origin: string;
  readonly sign: NoteSigner;
  /** The file, outside the database, in which the sealer remembers its latest checkpoint. */
  readonly memory: string;
  /** The longest wait of an entry for its seal before nothing is decided any more; null leaves it as it is. */
  readonly lagLimitSeconds: number | null;
  /** Who witnesses the log, and how many of them it takes; null when nobody does. */
  readonly policy: Policy | null;
  /** Where checkpoint, tiles and metrics are served; null is nowhere. */
  readonly listen: { readonly host: string; readonly port: number } | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A name as note signatures have it. */
const origin: Variable<string> = {
  name: 'SAMSYN_LOG_ORIGIN',
  expected: 'the log’s name for ever, as a URL without scheme and spaces: samsyn.example.se/log',
  parse: (text) => (/^[^\s+]+$/u.test(text) ? text : undefined),
};

/** Only its witnesses and its quorum count here; a log that it names is for those who verify. */
const policy: Variable<Policy> = {
  name: 'SAMSYN_LOG_WITNESS_POLICY',
  expected: 'a C2SP tlog-policy, whose witnesses have URLs',
  parse: (text) => {
    try {
      return parsePolicy(text);
    } catch {
      // The caller names the fault; npm run audit -- verify tells the line.
      return undefined;
    }
  },
};

const VARIABLES = {
  url: loginVariable(sealerLogin()),
  origin: meant('The access log’s name, for ever.', origin),
  memory: meant(
    'The sealer remembers its latest checkpoint there: on another volume than the database, in a folder that exists.',
    string('SAMSYN_LOG_MEMORY', 'the path of a file for the sealer alone'),
  ),
  key: meant(
    'Signs the log. To rotate it, move the new key file over the one that SAMSYN_LOG_KEY_FILE names.',
    optional(pem('SAMSYN_LOG_KEY', 'private'), null),
  ),
  program: meant(
    'A program that signs the log, instead of a key.',
    optional(string('SAMSYN_LOG_SIGNER', 'a program that signs'), null),
  ),
  programKey: meant('The public key of that program.', optional(pem('SAMSYN_LOG_SIGNER_KEY', 'public'), null)),
  policy: meant('Who witnesses the log, and how many of them it takes. Unset: nobody does.', optional(policy, null)),
  lagLimitSeconds: meant(
    'Seconds that an entry may wait to be sealed before the hub stops deciding. First start: 60. Unset: the last value stays.',
    optional(integer('SAMSYN_LOG_LAG_LIMIT_SECONDS', 5, 3_600), null),
  ),
  host: meant('Address to listen on.', optional(string('SAMSYN_HOST', 'the address to listen on'), '127.0.0.1')),
  port: meant(
    'Port that serves checkpoint, tiles and `/metrics`. Unset: they are not served.',
    optional(port('SAMSYN_LOG_PORT'), null),
  ),
};

/** Every variable that a process which seals the access log reads. */
export const SEAL_VARIABLES: readonly Variable<unknown>[] = Object.values(VARIABLES);

/**
 * Reads what the sealer needs; null when no database of a sealer is named, so that this process seals nothing. Throws a
 * ConfigurationError that names every fault.
 */
export function readSealConfiguration(env: Environment): SealConfiguration | null {
  const login = sealerLogin();
  if (!env[login.variable] && !env[`${login.variable}_FILE`]) return null;
  const { url, host, port: listened, ...read } = readConfiguration(env, VARIABLES);
  return {
    databaseUrl: url ?? '',
    origin: read.origin,
    sign: signerOf(read, env),
    memory: read.memory,
    policy: read.policy,
    lagLimitSeconds: read.lagLimitSeconds,
    listen: listened === null ? null : { host, port: listened },
  };
}

function signerOf(
  { key, program, programKey }: Readonly<Record<'key' | 'program' | 'programKey', string | null>>,
  env: Environment,
): NoteSigner {
  const isKey = key !== null && program === null;
  if (isKey) return env.SAMSYN_LOG_KEY_FILE ? fileSigner(env.SAMSYN_LOG_KEY_FILE) : keySigner(key);
  if (key === null && program !== null && programKey !== null) return commandSigner(program, programKey);
  throw new StartError(
    'The log is signed by a key in SAMSYN_LOG_KEY_FILE, or by the program SAMSYN_LOG_SIGNER whose public key is SAMSYN_LOG_SIGNER_KEY: set one of them.',
  );
}
