import { DEMO_YOUTHS, PERSONAS } from '../schema/demo-world.ts';

/** The text of a started demo: where to ask, as whom, and a line to paste. `issuerUrl` is null if the demo issuer is off. */
export function welcome(url: string, issuerUrl: string | null): string {
  const names = Object.entries(PERSONAS);
  const rows =
    issuerUrl === null
      ? names.map(([name, { subject, agency, roles, who }]) => [name, subject, agency, roles.join(), who])
      : names.map(([name, { agency, who }]) => [name, agency, who]);
  return `
Samsyn is up, with the demo world: every person in it is invented. ${
    issuerUrl === null
      ? `The demo issuer is off: your own
identity provider gives the tokens.`
      : `The demo issuer is on and gives anybody on this
computer a token: ${issuerUrl}/token/PERSONA. Never expose it.`
  }

  Endpoint  ${url}

Personas${issuerUrl === null ? ': a token with this subject, agency and role sees what the persona sees' : ''}
${table(rows)}

Try${issuerUrl === null ? ', with a token of your provider in TOKEN' : ''}
  ${curlLine(url, issuerUrl === null ? '$TOKEN' : `$(curl -s ${issuerUrl}/token/social-coordinator)`)}

Ctrl-C stops everything.`;
}

/** The rows, each column but the last as wide as its widest cell. */
function table(rows: readonly (readonly string[])[]): string {
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const aligned = rows.map((row) => row.map((cell, column) => cell.padEnd(widthOf(column))).join('  '));
  return aligned.map((line) => `  ${line}`.trimEnd()).join('\n');
}

/** One line to paste: the coordinator's view of the youth with every grant. */
function curlLine(url: string, token: string): string {
  const query = `{ youth(id: "${DEMO_YOUTHS.everything.id}") { suspicions { date status } attendance { minutesPlanned minutesPresent } } }`;
  return [
    `curl -s ${url}`,
    `-H "authorization: Bearer ${token}"`,
    "-H 'content-type: application/json'",
    `-d '${JSON.stringify({ query })}'`,
  ].join(' ');
}
