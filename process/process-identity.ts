import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Identifies a living process by its number and start time, so that a later process with the same number differs; null
 * if there is none. Numbers are soon used again, above all in containers.
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
  // proc(5): the name in brackets may hold anything. The state (field 3) and the start time (field 22) come after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? null : `${pid} ${fields[19]}`;
}

/** Resolves to true when the process is gone, or to false if it still lives after `limitMs`. */
export async function ended(identity: string, limitMs: number): Promise<boolean> {
  const pid = Number.parseInt(identity, 10);
  const until = performance.now() + limitMs;
  while (identityOf(pid) === identity) {
    if (performance.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return true;
}
