import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { ROOT } from '../process/root.ts';
import { StartError } from '../process/start-error.ts';
import { NODE_ARGUMENTS, NODE_ENVIRONMENT } from './node-arguments.ts';

/** A program of the hub: its name, entry, arguments, environment and log. */
export interface Program {
  readonly name: string;
  /** The path from the root, such as `gateway/main.ts`. */
  readonly entry: string;
  readonly args?: readonly string[];
  /** Its whole environment. It inherits only PATH from the hub's own environment, and runs as in production. */
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

/** A running process of the hub. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  /** The port in its ready line; 0 for a program that serves nothing. */
  readonly port: number;
  /** The port of its health check; 0 if it has none. */
  readonly managementPort: number;
  /** Resolves when it ended, with its exit code, or null if a signal ended it. */
  readonly gone: Promise<number | null>;
  /** Sends it a signal. */
  kill(signal: NodeJS.Signals): void;
  /** Ends it: SIGTERM, and SIGKILL if that takes longer than `limitMs`. Resolves when it is gone. */
  stop(limitMs?: number): Promise<void>;
}

const READY_LIMIT_MS = 30_000;
/**
 * Milliseconds for a clean stop, which waits for requests in progress. A fenced answer takes longest, and a stop does
 * not wait for it.
 */
const STOP_LIMIT_MS = 3_000;

/**
 * Starts a program and resolves when it prints its ready line. If it ends before, throws a StartError with the sentence
 * that it ended with.
 */
export async function startChild(program: Program): Promise<Child> {
  const child = launch(program);
  const printed = child.process.stdout;
  let output = '';
  const ready = new Promise<Ready>((resolve) => {
    printed?.on('data', (chunk) => {
      output += chunk;
      const told = readyIn(output);
      if (told === undefined) return;
      resolve(told);
      // Later output is of no use here and must not pile up.
      output = '';
    });
  });
  const died = child.gone.then(() => {
    throw new StartError(`${program.name} did not start: ${lastWords(program.logFile)}`);
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      child.process.kill('SIGKILL');
      reject(
        new StartError(
          `${program.name} was not ready within ${READY_LIMIT_MS / 1000} seconds: read its log, ${program.logFile}, and start again.`,
        ),
      );
    }, READY_LIMIT_MS);
  });
  try {
    return running(program.name, child, await Promise.race([ready, died, late]));
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a program to its end. If it fails, throws a StartError with the sentence that it ended with. */
export async function runChild(program: Program): Promise<void> {
  const { gone } = launch(program);
  if ((await gone) !== 0) throw new StartError(lastWords(program.logFile));
}

/**
 * Starts a small process that holds a pipe from us and kills `pid` when the pipe closes: when we die, even by SIGKILL.
 * End it when `pid` is gone.
 */
export function endWithUs(pid: number, signal: 'INT' | 'KILL'): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', `read -r _; kill -${signal} "$1"`, 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  guard.unref();
  if (guard.stdin !== null && 'unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref();
  return guard;
}

interface Launched {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly gone: Promise<number | null>;
}

function launch({ name, entry, args = [], env, logFile }: Program): Launched {
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(process.execPath, [...NODE_ARGUMENTS, entry, ...args], {
    cwd: ROOT,
    // Otherwise graphql-js and Apollo Server check everything twice, as for a developer.
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...NODE_ENVIRONMENT, ...env },
    stdio: ['ignore', 'pipe', log],
    // A process group of its own: Ctrl-C in the terminal reaches the hub, which ends its processes in order.
    detached: true,
  });
  closeSync(log);
  if (child.pid === undefined)
    throw new StartError(
      `${name} cannot be run, because ${process.execPath} does not start: install Node again with npm ci.`,
    );
  const guard = endWithUs(child.pid, 'KILL');
  const gone = new Promise<number | null>((done) => {
    child.once('exit', (code) => {
      guard.kill('SIGKILL');
      done(code);
    });
  });
  return { process: child, pid: child.pid, gone };
}

function running(name: string, { process: child, pid, gone }: Launched, ready: Ready): Child {
  return {
    name,
    pid,
    ...ready,
    gone,
    kill(signal) {
      child.kill(signal);
    },
    async stop(limitMs = STOP_LIMIT_MS) {
      child.kill('SIGTERM');
      const tooLong = setTimeout(() => child.kill('SIGKILL'), limitMs);
      await gone;
      clearTimeout(tooLong);
    },
  };
}

type Ready = Pick<Child, 'port' | 'managementPort'>;

function readyIn(output: string): Ready | undefined {
  const line = output.split('\n').find((each) => each.startsWith('{"ready":true'));
  if (line === undefined || !output.includes('\n')) return undefined;
  const { port = 0, managementPort = 0 } = JSON.parse(line) as Partial<Ready>;
  return { port, managementPort };
}

/** The last line in the log that is a sentence and not a record. */
function lastWords(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').split('\n');
  return (
    lines.findLast((line) => line.trim() !== '' && !line.startsWith('{')) ?? `it gave no reason; its log is ${logFile}.`
  );
}

/** Waits for all, so that nothing is still starting when the first failure is reported. Throws that failure. */
export async function settled(starting: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(starting)) if (result.status === 'rejected') throw result.reason;
}
