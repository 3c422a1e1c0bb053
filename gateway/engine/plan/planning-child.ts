import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PlanNode } from '@graphql-hive/router-query-planner';
import type { PlanningOrder, PlanningReport } from './planning-process.ts';

const PROGRAM = fileURLToPath(new URL('./planning-process.ts', import.meta.url));

/** Planning takes milliseconds; after this long a plan is of no use to anybody, and the process is ended. */
const LIMIT_MS = 5_000;

/** An operation to be planned, and who waits for its plan. */
export interface PlanningTask {
  readonly text: string;
  readonly name: string | null;
  /** Identifies the operation. */
  readonly key: string;
  /** True if a process has ended that was planning it; then it is planned alone. */
  readonly suspect: boolean;
  readonly resolve: (plan: PlanNode | null) => void;
  readonly reject: (fault: unknown) => void;
}

/** The end of a process, or that it could not be started. */
export interface PlanningEnd {
  readonly unfinished: readonly PlanningTask[];
  /** The cause: somebody else killed it, it was too late with an operation, or its own fault. */
  readonly by: 'others' | 'time' | 'itself';
  /** True if it never became ready. */
  readonly early: boolean;
}

/** The news of a process. */
export interface PlanningNews {
  /** It has finished an operation, with a plan or without. */
  finished(): void;
  ended(end: PlanningEnd): void;
}

/** A process that plans. It knows the supergraph, and nothing else of ours: neither environment nor files. */
export class PlanningChild {
  /** null if it could not be started. */
  readonly #process: ChildProcess | null;
  readonly #tasks = new Map<number, { readonly task: PlanningTask; readonly timer: NodeJS.Timeout }>();
  readonly #news: PlanningNews;
  #next = 0;
  #overdue = false;
  #isReady = false;
  /** Resolves when it can plan; rejects if it cannot read the supergraph, or ends before. */
  readonly ready: Promise<void>;

  constructor(supergraph: string, news: PlanningNews) {
    this.#news = news;
    const { child, end } = begun();
    this.#process = child;
    this.ready = this.#begin(supergraph, end);
    // Nobody may wait for it, as for a reserve.
    this.ready.catch(() => undefined);
    void end.then(({ signal }) => this.#ended(signal));
    // A planner that waits for operations keeps nothing alive; one that starts, or plans, does.
    child?.unref();
    child?.channel?.ref();
  }

  /** The number of operations that it is planning. */
  get busy(): number {
    return this.#tasks.size;
  }

  plan(task: PlanningTask): void {
    const id = this.#next++;
    const timer = setTimeout(() => {
      this.#overdue = true;
      this.end();
    }, LIMIT_MS);
    this.#tasks.set(id, { task, timer });
    this.#process?.channel?.ref();
    this.#send({ id, text: task.text, name: task.name });
  }

  end(): void {
    this.#process?.kill('SIGKILL');
  }

  #begin(supergraph: string, end: Promise<Ended>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#process?.on('message', (report: PlanningReport) => {
        if ('ready' in report) {
          this.#isReady = true;
          this.#rest();
          resolve();
        } else if ('broken' in report)
          reject(new TypeError(`The planner cannot read the supergraph. ${report.broken}`));
        else this.#take(report);
      });
      void end.then(({ fault }) =>
        reject(new Error('The planning process ended before it could plan.', { cause: fault })),
      );
      this.#send({ supergraph });
    });
  }

  #take(report: Extract<PlanningReport, { id: number }>): void {
    const known = this.#tasks.get(report.id);
    if (known === undefined) return;
    this.#tasks.delete(report.id);
    clearTimeout(known.timer);
    this.#rest();
    if ('plan' in report) known.task.resolve(report.plan);
    else known.task.reject(new Error(report.fault));
    this.#news.finished();
  }

  #ended(signal: NodeJS.Signals | null): void {
    const unfinished = [...this.#tasks.values()].map(({ task, timer }) => {
      clearTimeout(timer);
      return task;
    });
    this.#tasks.clear();
    const by = this.#overdue ? 'time' : signal === 'SIGKILL' ? 'others' : 'itself';
    this.#news.ended({ unfinished, by, early: !this.#isReady });
  }

  #rest(): void {
    if (this.#tasks.size === 0 && this.#isReady) this.#process?.channel?.unref();
  }

  /** A process that has ended takes nothing any more; its end is reported by itself. */
  #send(order: PlanningOrder): void {
    if (this.#process?.connected) this.#process.send(order, () => undefined);
  }
}

/** The end of a process: its signal, or the fault for which it could not be started. */
interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly fault?: unknown;
}

/** A new process, and its one end. A machine without memory, files or processes to give has either an error event or a throw. */
function begun(): { readonly child: ChildProcess | null; readonly end: Promise<Ended> } {
  let child: ChildProcess;
  try {
    child = fork(PROGRAM, {
      // The planner's own last words quote the operation.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=2'],
      env: { MALLOC_ARENA_MAX: '1', NODE_ENV: 'production' },
    });
  } catch (fault) {
    return { child: null, end: Promise.resolve({ signal: null, fault }) };
  }
  const end = new Promise<Ended>((resolve) => {
    child.once('exit', (_, signal) => resolve({ signal }));
    child.on('error', (fault) => {
      // A process that runs ends by its exit.
      if (child.pid === undefined) resolve({ signal: null, fault });
    });
  });
  return { child, end };
}
