import { setTimeout as pause } from 'node:timers/promises';
import { exitOnFault } from '../process/configuration.ts';
import { type Hub, startHub } from './hub.ts';
import { Restarts, startAgain } from './restarts.ts';
import { startConfiguration } from './start-configuration.ts';
import { welcome } from './welcome.ts';

/** `npm start`: the whole hub with the demo world, until Ctrl-C. A process that ends is started again. */
async function start(): Promise<void> {
  const configuration = startConfiguration(process.env);
  let hub: Hub | undefined;
  let stopping = false;
  const restarts = new Restarts();
  const stop = async (exitCode: number): Promise<void> => {
    // A second Ctrl-C, or one during the start: everything that has started ends with this process.
    if (stopping || hub === undefined) process.exit(exitCode);
    stopping = true;
    tell('Stopping.');
    await hub.stop();
    process.exit(exitCode);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
  whenNpmEnds(() => void stop(0));
  hub = await startHub({
    ...configuration,
    fsync: true,
    onStep: (step) => tell(`Samsyn: ${step} …`),
    onLoss: (name, logFile) => {
      // Before the hub is up its start fails, and says why.
      if (stopping || hub === undefined) return;
      const running = hub;
      void startAgain(name, logFile, restarts, { restart: (lost) => running.restart(lost), tell, pause });
    },
  });
  tell(welcome(hub.url, configuration.provider === null ? hub.issuerUrl : null));
}

/**
 * Calls `stop` when npm ends: if a signal ends npm, it does not pass it on, and the shell between npm and us just
 * disappears.
 */
function whenNpmEnds(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, 500);
  watch.unref();
}

function tell(text: string): void {
  process.stdout.write(`${text}\n`);
}

exitOnFault(start);
