/**
 * The release deadline D, in milliseconds: no process of the hub hands out a response later than this after its request
 * arrived (DESIGN section 4). A process may run with less, never with more.
 */
export const RELEASE_DEADLINE_MS = 3_000;

/**
 * How long a mutation that ends a permission waits, in milliseconds on its own monotonic clock, between reading its
 * committed change and answering: 1.2 D for clocks that run at different rates, and 500 ms for a pause of a process.
 */
export const FENCE_MS = 1.2 * RELEASE_DEADLINE_MS + 500;

/** The longest time, in milliseconds, that a request with a `@fenced` mutation may take in any process of the hub. */
export const FENCED_LIMIT_MS = FENCE_MS + 2 * RELEASE_DEADLINE_MS;

/** Header of a subgraph's response: whole milliseconds, counted from the request's arrival, until its data must not be released. */
export const TIME_LEFT_HEADER = 'samsyn-time-left';
