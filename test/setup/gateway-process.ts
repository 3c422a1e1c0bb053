import { type ChildProcess, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** A folder for the suite’s files. */
export const folder = mkdtempSync(join(tmpdir(), 'samsyn-gateway-'));
const children: ChildProcess[] = [];

/** What a program left when it ended. */
export interface Ran {
  readonly code: number | null;
  readonly stderr: string;
}

/** A program that runs. */
export interface Running {
  /** Where it listens; null when it ended instead. */
  readonly port: number | null;
  /** Where it tells its health, if it does. */
  readonly managementPort: number | undefined;
  /** What it left when it ended; asks it to end first. */
  stop(): Promise<Ran>;
  /** Asks it to look at its files again, and resolves with what it logs about these. */
  reload(about: 'supergraph' | 'certificates'): Promise<Record<string, unknown>>;
}

/** Starts one of the gateway's programs and waits until it is ready or has ended. */
export async function start(entry: string, env: Record<string, string>): Promise<Running> {
  const child = spawn(process.execPath, ['--import', './build/typescript.js', entry], { cwd: ROOT, env });
  children.push(child);
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, stderr }) as Ran);
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended.then(() => [null])]);
  const told = line === null ? null : (JSON.parse(line) as { port: number; managementPort?: number });
  return {
    port: told?.port ?? null,
    managementPort: told?.managementPort,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
    reload: async (about) => {
      const lines = on(createInterface(child.stderr), 'line');
      child.kill('SIGHUP');
      for await (const [line] of lines) if (String(line).includes(about)) return JSON.parse(line);
    },
  };
}

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** The demo issuer, where it is asked, and the file of its key. */
export async function startIssuer(): Promise<{ issuer: Running; origin: string; keyFile: string }> {
  const keyFile = join(folder, 'issuer.pem');
  const issuer = await start('hub/demo-issuer.ts', {
    SAMSYN_DEMO_ISSUER_PORT: '0',
    SAMSYN_DEMO_ISSUER_KEY_FILE: keyFile,
  });
  return { issuer, origin: `http://127.0.0.1:${issuer.port}`, keyFile };
}
