/**
 * One step of a request's way through a process: its name in plain words, the moment at which it is taken, and its
 * function. `Moments` gives the type of function that each moment takes.
 */
export type Step<Moments> = {
  readonly [At in keyof Moments]: { readonly name: string; readonly at: At; readonly take: Moments[At] };
}[keyof Moments];

/** The functions of the steps that are taken at a moment, in order. */
export function takenAt<Moments, At extends keyof Moments>(steps: readonly Step<Moments>[], at: At): Moments[At][] {
  return steps.flatMap((step) => (step.at === at ? [step.take as Moments[At]] : []));
}

/** The function of the only step that is taken at a moment. Throws if there are several, or none. */
export function takenOnceAt<Moments, At extends keyof Moments>(steps: readonly Step<Moments>[], at: At): Moments[At] {
  const [take, ...others] = takenAt(steps, at);
  if (take !== undefined && others.length === 0) return take;
  throw new TypeError(
    `Expected one step at the moment ${String(at)}; got ${takenAt(steps, at).length}. List exactly one.`,
  );
}
