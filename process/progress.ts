/** Shows the progress of a command. */
export interface Progress {
  /** Reports that `done` of the total are done. */
  at(done: number): void;
}

const count = (number: number): string => number.toLocaleString('en-GB');

/** Progress on a stream: one line for every tenth of the total. */
export function progressOn(stream: { write(text: string): unknown }, total: number, entries: string): Progress {
  let tenth = 0;
  return {
    at(done) {
      const reached = Math.floor((done / total) * 10);
      if (reached > tenth) stream.write(`${reached * 10} % of ${count(total)} ${entries}\n`);
      tenth = reached;
    },
  };
}
