import { auditCommand } from '../../subgraphs/registry/log/audit/audit-command.ts';
import type { RegistryDatabase } from './registry-database.ts';

/** What `npm run audit` said, and its exit code. */
export interface Said {
  readonly code: number;
  readonly text: string;
}

/** `npm run audit -- …parameters`, with all logins of a registry's database. */
export async function audit({ urls }: Pick<RegistryDatabase, 'urls'>, ...parameters: string[]): Promise<Said> {
  let text = '';
  const sink = { write: (more: string) => (text += more) };
  return { code: await auditCommand(parameters, { env: urls, stdout: sink, stderr: sink }), text };
}

/** The day that erasures are proposed until. */
export const TODAY = new Date().toISOString().slice(0, 10);

/** The id in what a proposal said. */
export function erasureIn({ text }: Said): string {
  return /Erasure (\S+)/.exec(text)?.[1] ?? '';
}
