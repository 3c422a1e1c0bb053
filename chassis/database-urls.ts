import { randomBytes } from 'node:crypto';
import { optional, readConfiguration, type Variable } from '../process/configuration.ts';
import { type Folder, type Login, loginsOf, type ServerName } from './folders.ts';

/** Connection URLs by the name of their variable. */
export type DatabaseUrls = Readonly<Record<string, string>>;

/** A random password, by variable, for every login of `folders` that has none in `known`. */
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

/** The variable of a login's URL, as readConfiguration takes it. */
export function loginVariable(login: Login): Variable<string | undefined> {
  const variable: Variable<string> = {
    name: login.variable,
    expected: `postgres://${login.role}:PASSWORD@HOST:PORT/${login.database}`,
    parse: (text) => (fits(text, login) ? text : undefined),
    purpose: login.purpose,
  };
  return login.optional ? optional(variable, undefined) : variable;
}

/** The URLs of `logins` in the environment. Throws one ConfigurationError that names every one missing or wrong. */
export function readUrls(env: NodeJS.ProcessEnv, logins: readonly Login[]): DatabaseUrls {
  const spec = Object.fromEntries(logins.map((login) => [login.variable, loginVariable(login)]));
  return givenUrls(readConfiguration(env, spec));
}

/** The URLs that are given. */
export function givenUrls(urls: Readonly<Record<string, string | undefined>>): DatabaseUrls {
  return Object.fromEntries(
    Object.entries(urls).flatMap(([variable, url]) => (url === undefined ? [] : [[variable, url]])),
  );
}

/** The URL of each host that a URL names: `postgres://USER@HOST:PORT,HOST:PORT/DATABASE` names two. */
export function urlsOf(url: string): string[] {
  const [, before, hosts, after] = /^(\w+:\/\/(?:[^@/?#]*@)?)([^/?#]*)(.*)$/s.exec(url) ?? [];
  return hosts === undefined ? [url] : hosts.split(',').map((host) => `${before}${host}${after}`);
}

function fits(url: string, login: Login): boolean {
  const urls = urlsOf(url);
  return urls.every((each) => URL.canParse(each) && new URL(each).hostname !== '' && isOf(new URL(each), login));
}

function isOf({ protocol, username, password, pathname }: URL, { role, database }: Login): boolean {
  return (
    ['postgres:', 'postgresql:'].includes(protocol) &&
    username === role &&
    password !== '' &&
    pathname === `/${database}`
  );
}
