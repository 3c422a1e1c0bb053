import { once } from 'node:events';
import { statSync } from 'node:fs';
import { request } from 'node:http';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Running, start, startIssuer } from '../test/setup/gateway-process.ts';

let issuer: Running;
let origin: string;
let keyFile: string;

beforeAll(async () => {
  ({ issuer, origin, keyFile } = await startIssuer());
});

async function token(path: string): Promise<string> {
  return (await fetch(`${origin}/token/${path}`)).text();
}

describe('the demo issuer', () => {
  const claims = (jwt: string) => JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());

  test('issues tokens that live a quarter of an hour, on behalf of somebody if asked', async () => {
    const { iat, exp, ...stated } = claims(await token('school-counsellor?act=school-system'));
    expect(exp - iat).toBe(900);
    expect(stated).toEqual({
      iss: origin,
      aud: 'samsyn',
      sub: 'p-3001',
      agency: 'school:skovde',
      roles: ['CASEWORKER'],
      act: { sub: 'system-school-skovde' },
    });
  });

  test('knows nobody else', async () => {
    for (const path of ['nobody', 'constructor', 'school-counsellor?act=nobody']) {
      expect((await fetch(`${origin}/token/${path}`)).status).toBe(404);
    }
  });

  test('answers to no other name', async () => {
    const asked = request({
      port: issuer.port,
      path: '/token/hub-auditor',
      headers: { host: 'rebound.example' },
    }).end();
    const [response] = await once(asked, 'response');
    response.resume();
    expect(response.statusCode).toBe(404);
  });

  test('keeps its key, for itself alone, and warns at every start that it is on', async () => {
    const keys = async (at: string) => (await fetch(`${at}/jwks`)).json();
    const again = await start('hub/demo-issuer.ts', {
      SAMSYN_DEMO_ISSUER_PORT: '0',
      SAMSYN_DEMO_ISSUER_KEY_FILE: keyFile,
    });
    expect(await keys(`http://127.0.0.1:${again.port}`)).toEqual(await keys(origin));
    expect(JSON.stringify(await keys(origin))).not.toContain('"d"');
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    const { code, stderr } = await again.stop();
    expect([code, stderr]).toEqual([0, expect.stringContaining('the demo issuer is ON')]);
  });

  test('does not start beside a configured issuer', async () => {
    const { port, stop } = await start('hub/demo-issuer.ts', {
      SAMSYN_DEMO_ISSUER_PORT: '0',
      SAMSYN_OIDC_ISSUER: 'https://login.example',
    });
    expect(port).toBeNull();
    expect(await stop()).toEqual({ code: 1, stderr: expect.stringContaining('another issuer') });
  });
});
