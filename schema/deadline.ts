/**
 * The release deadline D, in milliseconds: no process of the hub releases a response later than this after its request arrived
 * (docs/design.md, section 4). A process may run with less, never with more.
 */
export const RELEASE_DEADLINE_MS = 3_000;

/**
 * The wait of a mutation that ends a permission, in milliseconds on its own monotonic clock, between reading its committed change
 * and answering: 1.2 D for clocks that run at different rates, and 500 ms for a pause of a process.
 */
export const FENCE_MS = 1.2 * RELEASE_DEADLINE_MS + 500;

/** The longest time, in milliseconds, that a request with a `@fenced` mutation may take in any process of the hub. */
export const FENCED_LIMIT_MS = FENCE_MS + 2 * RELEASE_DEADLINE_MS;

/**
 * The response header by which a subgraph states whether the gateway has to wait for the fence. Without exactly NO_FENCE the gateway
 * waits.
 */
export const FENCE_HEADER = 'samsyn-fence';
/** Nothing in the answer shows that a permission has ended. */
export const NO_FENCE = 'none';

/** The response header with the milliseconds, from the request's arrival, after which a subgraph's data must not be released. */
export const TIME_LEFT_HEADER = 'samsyn-time-left';
