/** What a command is told by the process that runs it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  /** Progress and faults go here. */
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
}
