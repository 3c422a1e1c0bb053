import { randomBytes } from 'node:crypto';
import { type Folder, type Login, loginsOf, type ServerName } from './folders.ts';
import type { Variables } from './variables.ts';

/** Connection URLs by the name of their variable. */
export type DatabaseUrls = Readonly<Record<string, string>>;

/** A random password for every login of `folders` that `known` has none for, by variable. */
export function passwordsFor(
  folders: readonly Folder[],
  known: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const variables = folders.flatMap(loginsOf).map(({ variable }) => variable);
  return Object.fromEntries(variables.map((variable) => [variable, known[variable] ?? randomPassword()]));
}

/** 192 random bits, free of characters that URLs escape. */
export function randomPassword(): string {
  return randomBytes(24).toString('base64url');
}

/** The URL of every login, on servers at `hosts` (host:port). */
export function databaseUrls(
  folders: readonly Folder[],
  hosts: Readonly<Record<ServerName, string>>,
  passwords: Readonly<Record<string, string>>,
): DatabaseUrls {
  const urls = folders.flatMap(loginsOf).flatMap(({ variable, role, server, database }) => {
    const password = passwords[variable];
    return password === undefined ? [] : [[variable, `postgres://${role}:${password}@${hosts[server]}/${database}`]];
  });
  return Object.fromEntries(urls);
}

/** The URLs of `logins` that the variables give; a fault for each that is missing or names another role or database. */
export function readUrls(variables: Variables, logins: readonly Login[]): DatabaseUrls {
  const urls: Record<string, string> = {};
  for (const login of logins) {
    const url = login.optional ? variables.optional(login.variable) : variables.required(login.variable);
    if (url === undefined || url === '') continue;
    if (fits(url, login)) urls[login.variable] = url;
    else variables.fault(`${login.variable} must be postgres://${login.role}:PASSWORD@HOST:PORT/${login.database}`);
  }
  return urls;
}

function fits(url: string, { role, database }: Login): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, username, password, pathname } = new URL(url);
  return (
    ['postgres:', 'postgresql:'].includes(protocol) &&
    username === role &&
    password !== '' &&
    pathname === `/${database}`
  );
}
