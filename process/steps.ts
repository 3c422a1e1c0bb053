/**
 * One step of a request's way through a process: its name in plain words, the moment at which it is taken, and the function
 * that does it. `Moments` has the type of function that each moment takes.
 */
export type Step<Moments> = {
  readonly [At in keyof Moments]: { readonly name: string; readonly at: At; readonly take: Moments[At] };
}[keyof Moments];

/** The functions of the steps that are taken at a moment, in their order. */
export function takenAt<Moments, At extends keyof Moments>(steps: readonly Step<Moments>[], at: At): Moments[At][] {
  return steps.flatMap((step) => (step.at === at ? [step.take as Moments[At]] : []));
}

/** The function of the one step that is taken at a moment. Throws when there are several, or none. */
export function takenOnceAt<Moments, At extends keyof Moments>(steps: readonly Step<Moments>[], at: At): Moments[At] {
  const [take, ...others] = takenAt(steps, at);
  if (take !== undefined && others.length === 0) return take;
  throw new TypeError(`One step is taken at the moment ${String(at)}; these have ${takenAt(steps, at).length}.`);
}
