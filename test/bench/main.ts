import { exitOnFault } from '../../process/configuration.ts';
import { benchAudit } from './audit.ts';
import { benchFlood } from './flood.ts';
import { benchGateway } from './gateway.ts';
import { benchGrowth } from './growth.ts';
import { benchHub } from './hub.ts';
import { benchMemory } from './memory.ts';
import { report } from './report.ts';
import { benchShield } from './shield.ts';

/** The benchmarks by name. All together take half an hour, and the world of a million youths up to ten minutes once. */
const BENCHMARKS: Readonly<Record<string, (size: { rounds: number; seconds: number }) => Promise<void>>> = {
  gateway: benchGateway,
  hub: benchHub,
  memory: benchMemory,
  shield: benchShield,
  flood: benchFlood,
  growth: benchGrowth,
  audit: benchAudit,
};

const FULL = { rounds: 5, seconds: 4 };
const QUICK = { rounds: 2, seconds: 1 };

/** `npm run bench -- NAME …|all [--quick]` measures; every run ends by writing all results into RESULTS.md. */
exitOnFault(async () => {
  const args = process.argv.slice(2);
  const named = args.filter((arg) => arg !== '--quick');
  const names = named.includes('all') ? Object.keys(BENCHMARKS) : named;
  for (const [index, name] of names.entries()) {
    const run = BENCHMARKS[name];
    if (run === undefined) throw new Error(`Name a benchmark: ${Object.keys(BENCHMARKS).join(', ')}, or all.`);
    process.stderr.write(`${name}, ${index + 1} of ${names.length}, after ${Math.round(process.uptime())} s\n`);
    await run(args.includes('--quick') ? QUICK : FULL);
  }
  report();
});
