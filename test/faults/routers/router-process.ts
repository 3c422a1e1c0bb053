import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Hub } from '../../../hub/hub.ts';
import { ROOT } from '../../../process/root.ts';
import { SUBGRAPHS, subgraphUrl } from '../subgraph.ts';
import type { Trust } from './trust.ts';

/** The routers whose generated programs are tested. */
export const ROUTERS = ['hive-gateway', 'apollo-gateway'] as const;
export type RouterName = (typeof ROUTERS)[number];

/** A router before a hub's subgraphs, as an operator starts it. */
export interface RouterProcess {
  readonly url: string;
  /** Everything that it has written. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts a router's generated program. It asks the subgraphs at `urls`, or where the hub serves them. */
export async function startRouter(
  name: RouterName,
  hub: Hub,
  trust: Trust,
  urls: Readonly<Record<string, string>> = {},
): Promise<RouterProcess> {
  const variables = SUBGRAPHS.map((subgraph) => [
    `SAMSYN_${subgraph.toUpperCase().replaceAll('-', '_')}_URL`,
    urls[subgraph] ?? subgraphUrl(hub, subgraph),
  ]);
  const child: ChildProcess = spawn(process.execPath, [join(ROOT, `deploy/routers/generated/${name}.mjs`)], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      SAMSYN_SUPERGRAPH: join(ROOT, 'schema/generated/supergraph.graphql'),
      SAMSYN_ASSERTION_URL: hub.url.replace(/graphql$/, 'assertion'),
      SAMSYN_ROUTER_SECRET: trust.secret,
      SAMSYN_PORT: '0',
      ...Object.fromEntries(variables),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  if (child.stdout === null) throw new Error(`${name} has no output.`);
  const lines = createInterface(child.stdout);
  const ready = new Promise<string>((resolve) => {
    lines.on('line', (line) => {
      if (line.startsWith('{"ready":true')) resolve(line);
    });
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${name} ended before it was ready: ${output}`);
  });
  const { port } = JSON.parse(await Promise.race([ready, ended])) as { port: number };
  ended.catch(() => undefined);
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    output: () => output,
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}
