import { folderNamed, REGISTRY, runtimeLogin } from '../../../../chassis/folders.ts';
import {
  integer,
  meant,
  optional,
  readConfiguration,
  string,
  url,
  type Variable,
} from '../../../../process/configuration.ts';

/** Seconds between two looks at the log, at most. */
const LONGEST_SECONDS = 60;

const HOOK = {
  url: meant(
    'Where alarms are posted as JSON. Unset: they are in the process’s log only.',
    optional(url('SAMSYN_ALARM_HOOK_URL'), null),
  ),
  token: meant(
    'The bearer token that is sent with an alarm. `npm run secrets` makes one in the file that the composition reads: put the receiver’s own there, or give the receiver this one.',
    optional(string('SAMSYN_ALARM_HOOK_TOKEN', 'the bearer token of whoever takes alarms'), null),
  ),
};

const login = runtimeLogin(folderNamed(REGISTRY));

const WATCH = {
  seconds: meant(
    'Seconds between checks for alarms. Unset: 60, which is also the most.',
    optional(integer('SAMSYN_ALARM_INTERVAL_SECONDS', 1, LONGEST_SECONDS), LONGEST_SECONDS),
  ),
  database: meant(login.purpose, url(login.variable, ['postgresql:', 'postgres:'])),
};

/** Every variable by which alarms are looked for and sent. */
export const ALARM_VARIABLES: readonly Variable<unknown>[] = Object.values({ ...HOOK, ...WATCH });

/** Where alarms go. */
export interface AlarmHook {
  readonly url: string;
  /** Sent as `Authorization: Bearer`, or null. */
  readonly token: string | null;
}

/** The hook that the environment names, or null when it names none. */
export function alarmHookOf(env: Readonly<Record<string, string | undefined>>): AlarmHook | null {
  const hook = readConfiguration(env, HOOK);
  return hook.url === null ? null : { url: hook.url, token: hook.token };
}

/** The database that is watched for alarms, and the seconds between two looks at it. */
export function alarmWatchOf(env: Readonly<Record<string, string | undefined>>) {
  return readConfiguration(env, WATCH);
}
