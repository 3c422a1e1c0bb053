import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hub } from '../../hub/hub.ts';
import { bornOn, DEMO_YOUTHS, type DemoYouthName, testIdentityNumber } from '../../schema/demo-world.ts';
import { dataFolder } from './subgraph.ts';

const NAMES = Object.keys(DEMO_YOUTHS) as DemoYouthName[];

/** The marks of the demo world's values, as `(everything-ad)`, personal identity numbers as people write them, and signed tokens. */
const CANARY = new RegExp(`\\((?:${NAMES.join('|')})-[a-z0-9]+\\)`, 'g');
const IDENTITY_NUMBER = /\b(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])[-+]?23[89]\d\b/g;
const TOKEN = /eyJ[\w-]{10,}\.[\w-]+/g;

/** The identity number by which the demo world's agencies link a youth. */
export function identityNumberOf(youth: DemoYouthName): string {
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' }).format(new Date());
  return testIdentityNumber(bornOn(DEMO_YOUTHS[youth], today));
}

/** What stands in the logs of the processes and of both databases and should not: with `typed`, the texts of this suite. */
export function leaksInLogs(hub: Hub, typed: readonly string[] = []): string[] {
  const leaks = logFiles(hub).flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const found = [CANARY, IDENTITY_NUMBER, TOKEN].flatMap((shape) => text.match(shape) ?? []);
    const spelled = [...NAMES.map(identityNumberOf), ...typed].filter((secret) => text.includes(secret));
    return [...found, ...spelled].map((leak) => `${file}: ${leak}`);
  });
  return [...new Set(leaks)];
}

/** Every log of the hub; never empty, so that a search of them proves something. */
export function logFiles(hub: Hub): string[] {
  const folder = dataFolder(hub);
  const files = readdirSync(join(folder, 'logs')).map((name) => join(folder, 'logs', name));
  return [...files, join(folder, 'registry-server', 'log'), join(folder, 'sectors-server', 'log')];
}
