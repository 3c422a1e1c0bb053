import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { ROOT } from '../../process/root.ts';

/** A process of a benchmark, ready. */
export interface Started {
  readonly pid: number;
  readonly ready: Readonly<Record<string, unknown>>;
  readonly port: number;
  stop(): Promise<void>;
}

/** Some peers wait for idle connections before they end. */
const STOP_LIMIT_MS = 2_000;

/** Programs of other people's packages alone: Node strips their types, and finds the packages where they are installed. */
const STANDALONE = /^test\/bench\/peers\/(apollo|bare|hive)\.ts$/;

/** A program of ours and other people's packages together. */
const MIXED = 'test/bench/peers/shield.ts';

function hooksFor(entry: string): string[] {
  if (STANDALONE.test(entry)) return [];
  const ours = ['--import', './build/typescript.js'];
  return entry === MIXED ? [...ours, '--import', './test/bench/installed-packages.js'] : ours;
}

/** Starts a program, and waits for the line by which it says that it is ready. It is told nothing but `env`. */
export async function startProcess(
  entry: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Started> {
  const child: ChildProcess = spawn(process.execPath, [...hooksFor(entry), entry, ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...profiled(entry), ...env },
    stdio: ['ignore', 'pipe', process.env.SAMSYN_BENCH_LOG === 'on' ? 'inherit' : 'ignore'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${entry} ended with ${code} before it was ready; SAMSYN_BENCH_LOG=on shows why.`);
  });
  if (child.stdout === null || child.pid === undefined) throw new Error(`${entry} could not be run.`);
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), ended])) as [string];
  ended.catch(() => undefined);
  const ready = JSON.parse(line) as Record<string, unknown>;
  return {
    pid: child.pid,
    ready,
    port: Number(ready.port ?? 0),
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      await gone;
      clearTimeout(late);
    },
  };
}

/** With SAMSYN_BENCH_PROFILE=FOLDER every process leaves its CPU profile there. */
function profiled(entry: string): Record<string, string> {
  const folder = process.env.SAMSYN_BENCH_PROFILE;
  if (folder === undefined) return {};
  return {
    NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder} --cpu-prof-name=${entry.replaceAll('/', '-')}-${Date.now()}.cpuprofile`,
  };
}

/**
 * Milliseconds of processor time that processes and their children, a database server's connections, have used so far, as
 * Linux counts them; 0 elsewhere.
 */
export function cpuMsOf(...pids: readonly number[]): number {
  if (!existsSync('/proc/self/stat')) return 0;
  const running = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return running.reduce((sum, pid) => sum + cpuMsIf(pid, pids), 0);
}

/** Of one process, if it or its parent is among these. */
function cpuMsIf(pid: string, pids: readonly number[]): number {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // It has ended meanwhile.
    return 0;
  }
  // After the command's name, which may hold spaces: the parent is field 4; 14 to 17 are in hundredths of a second, its own
  // and those of its children that have ended.
  const fields = stat.split(') ')[1]?.split(' ') ?? [];
  const isOne = pids.includes(Number(pid));
  if (!isOne && !pids.includes(Number(fields[1]))) return 0;
  return fields.slice(11, isOne ? 15 : 13).reduce((sum, hundredths) => sum + Number(hundredths) * 10, 0);
}
