/** The contract's scalars, for the classes of a subgraph. */
export { DateOnly, DateTime, TreeSize } from '../../schema/scalars.ts';
