import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * A process that lives, told apart from a later one with the same number by when it started; null when there is none.
 * Numbers are used again soon, above all in containers.
 */
export function identityOf(pid: number): string | null {
  if (process.platform !== 'linux') {
    const started = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
    return started === '' ? null : `${pid} ${started}`;
  }
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // No such process.
    return null;
  }
  // proc(5): after the name in brackets, which may hold anything, come state (field 3) and, as field 22, the start time.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? null : `${pid} ${fields[19]}`;
}

/** Resolves when the process is gone: true, or false when it still lives after `limitMs`. */
export async function ended(identity: string, limitMs: number): Promise<boolean> {
  const pid = Number.parseInt(identity, 10);
  const until = performance.now() + limitMs;
  while (identityOf(pid) === identity) {
    if (performance.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return true;
}
