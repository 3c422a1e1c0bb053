import { generateKeyPairSync } from 'node:crypto';

/** A new Ed25519 key pair in PEM: PKCS #8 and SPKI. */
export function newKeyPair(): { readonly privateKey: string; readonly publicKey: string } {
  return generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}
