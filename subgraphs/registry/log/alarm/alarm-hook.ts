import type { AlarmHook } from './alarm-configuration.ts';

/** The milliseconds that the receiver may take: an alarm that it has not taken by then goes out again. */
const TIMEOUT_MS = 5_000;

/**
 * Posts an alarm as JSON; the status that the receiver answered: it has taken the alarm when that is 2xx. Throws when it does
 * not answer, or not in time.
 */
export async function post({ url, token }: AlarmHook, alarm: object): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(alarm),
    // A redirect would take the token to where nobody has configured it to go.
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await response.body?.cancel();
  return response.status;
}
