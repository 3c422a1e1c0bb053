import { HubError } from '../../../schema/errors.ts';
import { faultOf, faultOfRejection, type ShownFault, type SubgraphError } from '../errors.ts';
import { isJsonObject, type JsonObject, type Path, read } from '../json.ts';
import { applyRewrites, type Rewrite, renamesOf } from '../plan/rewrite.ts';
import type { Entities, Fetch, FetchRequest, Step } from '../plan/steps.ts';
import { merge } from './merge.ts';
import { type Representations, type RepresentedTarget, represent, type Unidentified } from './represent.ts';
import { type Failure, noteUnasked, type Run } from './run.ts';

/** One request to a subgraph. */
export interface SubgraphRequest extends FetchRequest {
  readonly variables: Record<string, unknown>;
}

/** The answer of a subgraph. The engine takes the data over and changes it. */
export interface SubgraphAnswer {
  readonly data?: Record<string, unknown> | null | undefined;
  readonly errors?: readonly SubgraphError[] | undefined;
}

/**
 * Sends a request. Rejects if the subgraph cannot be reached, with a HubError if the client should get another code.
 */
export type Transport<Context> = (request: SubgraphRequest, context: Context) => Promise<SubgraphAnswer>;

/** Sends a request within one run. Rejects, and never throws, if the subgraph cannot be reached. */
export type Send = (request: SubgraphRequest) => Promise<SubgraphAnswer>;

/** Sends by a transport in the context of one client request. */
export function sendBy<Context>(transport: Transport<Context>, context: Context): Send {
  return async (request) => transport(request, context);
}

const NO_ERRORS: readonly SubgraphError[] = [];

/** Carries out a plan. `needless` fetches are not sent. Failed fetches are noted in the run, and the others go on. */
export async function execute(step: Step, run: Run, send: Send, needless: ReadonlySet<Fetch>): Promise<void> {
  switch (step.kind) {
    case 'sequence':
      for (const child of step.steps) await execute(child, run, send, needless);
      return;
    case 'parallel':
      await Promise.all(step.steps.map((child) => execute(child, run, send, needless)));
      return;
    case 'condition': {
      const taken = run.variables[step.variable] === true ? step.ifTrue : step.ifFalse;
      return taken === null ? undefined : execute(taken, run, send, needless);
    }
    case 'roots':
      return needless.has(step.fetch) ? undefined : fetchRoots(step, run, send);
    case 'entities':
      return fetchEntities(step, run, send);
  }
}

/** Fetches root fields into the data. Never rejects: failures are noted in the run. */
async function fetchRoots(step: Step & { kind: 'roots' }, run: Run, send: Send): Promise<void> {
  const { fetch, outputRewrites } = step;
  const renames = renamesOf(outputRewrites);
  const failed = (fault: ShownFault) => run.failures.push({ fetch, alias: null, renames, objects: [run.data], fault });
  const answer = await received(send({ ...fetch.request, variables: variablesOf(fetch, run) }), fetch, run);
  if ('fault' in answer) {
    failed(answer.fault);
    return;
  }
  const { data, errors } = answer;
  if (data !== null) {
    applyRewrites(data, outputRewrites, run.types);
    merge(run.data, data, run.types);
  }
  for (const error of errors) {
    const fault = faultOf(error);
    const { path } = error;
    if (path === undefined || path.length === 0) {
      if (data !== null) run.unlocated.push(fault);
    } else if (fetch.selected(run.types).covers(path)) run.located.push({ fault, path: renamed(path, renames) });
    else noteUnasked(run, fetch, 1);
  }
  // Fields that the subgraph nulled along with a faulty non-null one are lost as well.
  if (data === null && errors[0] !== undefined) failed(faultOf(errors[0]));
}

/** Fetches more about objects that are known. Never rejects: failures are noted in the run. */
async function fetchEntities(step: Step & { kind: 'entities' }, run: Run, send: Send): Promise<void> {
  const { fetch } = step;
  const variables = variablesOf(fetch, run);
  let asked = 0;
  const parts = step.entities.map((entities) => {
    const representations = represent(run.data, entities, run.types);
    variables[entities.variable] = representations.values;
    asked += representations.values.length;
    noteUnsent(fetch, entities, representations.unidentified, run);
    return { entities, representations };
  });
  if (asked === 0) return;
  const answer = await received(send({ ...fetch.request, variables }), fetch, run);
  for (const part of parts) new Receipt(fetch, part.entities, part.representations, run).take(answer);
}

/** The client's variables that the fetch uses. */
function variablesOf(fetch: Fetch, run: Run): JsonObject {
  const variables: JsonObject = {};
  for (const name of fetch.variables) if (Object.hasOwn(run.variables, name)) variables[name] = run.variables[name];
  return variables;
}

function noteUnsent(
  fetch: Fetch,
  { alias, outputRewrites }: Entities,
  unidentified: readonly Unidentified[],
  run: Run,
) {
  if (unidentified.length === 0) return;
  const renames = renamesOf(outputRewrites);
  for (const about of unidentified) run.unsent.push({ fetch, alias, renames, about });
}

type Received =
  | { readonly data: JsonObject | null; readonly errors: readonly SubgraphError[] }
  | { readonly fault: ShownFault };

/** The part of the answer that the fetch selected, or the fault if there is no usable answer. Never rejects. */
async function received(answer: Promise<SubgraphAnswer>, fetch: Fetch, run: Run): Promise<Received> {
  try {
    const { data, errors = NO_ERRORS } = await answer;
    if (isJsonObject(data)) {
      noteUnasked(run, fetch, fetch.selected(run.types).strip(data));
      return { data, errors };
    }
    return errors.length > 0 ? { data: null, errors } : { fault: UNUSABLE };
  } catch (reason) {
    return { fault: faultOfRejection(reason) };
  }
}

/** The fault of an answer with neither data nor errors. */
const UNUSABLE: ShownFault = faultOf(HubError.constant('SUBGRAPH_UNAVAILABLE'));

function renamed(path: Path, renames: ReadonlyMap<string, string>): Path {
  if (renames.size === 0) return path;
  return path.map((key) => (typeof key === 'string' ? (renames.get(key) ?? key) : key));
}

/** Takes in the answer to one `_entities` field. */
class Receipt {
  readonly #renames: ReadonlyMap<string, string>;

  constructor(
    readonly fetch: Fetch,
    readonly entities: Entities,
    readonly representations: Representations,
    readonly run: Run,
  ) {
    this.#renames = renamesOf(entities.outputRewrites);
  }

  take(answer: Received): void {
    const { targets } = this.representations;
    if (targets.length === 0) return;
    if ('fault' in answer) {
      this.#failed(targets.flat(), answer.fault);
      return;
    }
    const items = answer.data === null ? undefined : read(answer.data, this.entities.alias);
    for (const error of answer.errors) this.#takeError(error, items);
    if (Array.isArray(items)) this.#takeItems(items, this.entities.outputRewrites);
    else if (answer.errors.length === 0) this.#failed(targets.flat(), UNUSABLE);
  }

  #takeItems(items: readonly unknown[], rewrites: readonly Rewrite[]): void {
    const { types } = this.run;
    const { values, targets: all } = this.representations;
    const fitting = items.map((item, index) => this.#isAbout(values[index], item));
    applyRewrites(items, rewrites, types);
    all.forEach((targets, index) => {
      const item = items[index];
      if (!isJsonObject(item)) return;
      if (!fitting[index]) {
        noteUnasked(this.run, this.fetch, 1);
        this.#failed(targets, UNUSABLE);
        return;
      }
      // The last target takes the answer itself; the others take copies.
      for (let i = 0; i < targets.length; i++) {
        const object = targets[i]?.object;
        if (object !== undefined) merge(object, item, types, i < targets.length - 1);
      }
    });
  }

  /** True unless the answer names a type that the object asked about cannot have. */
  #isAbout(asked: JsonObject | undefined, item: unknown): boolean {
    const { types } = this.run;
    const [wanted, given] = [asked, item].map((each) => (isJsonObject(each) ? read(each, '__typename') : undefined));
    if (typeof wanted !== 'string' || typeof given !== 'string') return true;
    return types.is(given, wanted) || types.is(wanted, given);
  }

  /** Takes in an error. At an entity or above, the fields asked about it are lost; an error below has its own place. */
  #takeError(error: SubgraphError, items: unknown): void {
    const fault = faultOf(error);
    const path = this.#selectedPart(error.path ?? []);
    const [field, index, ...rest] = path;
    const { targets } = this.representations;
    if (field !== undefined && field !== this.entities.alias) {
      if (!Array.isArray(items)) this.#failed(targets.flat(), fault);
      return;
    }
    if (typeof index !== 'number') {
      this.#failed(targets.flat(), fault);
      if (field === undefined && Array.isArray(items)) this.run.unlocated.push(fault);
      return;
    }
    const concerned = targets[index] ?? [];
    const place = renamed(rest, this.#renames);
    if (rest.length > 0) {
      for (const { path } of concerned) this.run.located.push({ fault, path: [...path, ...place] });
    }
    const lost = !Array.isArray(items) || !isJsonObject(items[index]);
    if (lost) this.#failed(concerned, fault);
    if (!Array.isArray(items)) this.#failed(targets.flat(), fault);
  }

  /** The error's place; the entity's own if it lies in something that was not asked of the entity. */
  #selectedPart(path: Path): Path {
    if (this.fetch.selected(this.run.types).covers(path)) return path;
    // Each part of a batch reads the same errors.
    if (path[0] === this.entities.alias) noteUnasked(this.run, this.fetch, 1);
    return path.slice(0, 2);
  }

  #failed(targets: readonly RepresentedTarget[], fault: ShownFault): void {
    const failure: Failure = {
      fetch: this.fetch,
      alias: this.entities.alias,
      renames: this.#renames,
      objects: targets.map(({ object }) => object),
      fault,
    };
    this.run.failures.push(failure);
  }
}
