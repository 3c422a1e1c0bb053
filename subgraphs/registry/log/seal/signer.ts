import { spawn } from 'node:child_process';
import { createPrivateKey, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { type NoteSignature, SIGNATURE_TYPES, signNote, verifierKey } from '../../../../schema/log/note.ts';

/** Signs checkpoints under a log's name. */
export type NoteSigner = (name: string, text: string) => Promise<NoteSignature>;

/** A key that cannot sign. The message says what to mend, and nothing of the key. */
export class SignerFault extends Error {}

/** Signs by a private Ed25519 key, given as PEM. */
export function keySigner(pem: string): NoteSigner {
  const key = createPrivateKey(pem);
  return async (name, text) => signedBy(key, name, text);
}

/**
 * Signs by the private Ed25519 key in a file. A file that is renamed into its place is the key from then on: so a key is
 * rotated without a stop. Rejects with a SignerFault while there is no key in it.
 */
export function fileSigner(file: string): NoteSigner {
  let known = '';
  let key: KeyObject | undefined;
  return async (name, text) => {
    try {
      const { mtimeMs, ino, size } = statSync(file);
      const version = `${mtimeMs} ${ino} ${size}`;
      if (key === undefined || version !== known) [key, known] = [createPrivateKey(readFileSync(file)), version];
      return signedBy(key, name, text);
    } catch {
      // What OpenSSL says could quote the key.
      throw new SignerFault(
        'The file of the log’s key holds no Ed25519 key that can be read: put one there, by renaming.',
      );
    }
  };
}

function signedBy(key: KeyObject, name: string, text: string): NoteSignature {
  return signNote(text, verifierKey(name, createPublicKey(key), SIGNATURE_TYPES.NOTE), key);
}

/** The milliseconds that a signer may take: the sealer's transaction waits for it, and lives ten seconds at most. */
const COMMAND_LIMIT_MS = 5_000;

/**
 * Signs by a program, for keys that are kept elsewhere: it is given the text on its standard input and prints the 64 bytes of
 * the Ed25519 signature in base64. What it prints is verified before anybody relies on it. Rejects with a SignerFault.
 */
export function commandSigner(program: string, publicPem: string): NoteSigner {
  const key = createPublicKey(publicPem);
  return async (name, text) => {
    const { keyId } = verifierKey(name, key, SIGNATURE_TYPES.NOTE);
    const signature = Buffer.from(await outputOf(program, text), 'base64');
    if (signature.length === 64 && verify(null, Buffer.from(text), key, signature)) return { name, keyId, signature };
    throw new SignerFault('The program that signs gave no signature of its key: expected 64 bytes in base64.');
  };
}

function outputOf(program: string, input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, { stdio: ['pipe', 'pipe', 'ignore'] });
    // Not spawn's own timeout: that goes on, and keeps the process, when the program cannot be run.
    const tooLong = setTimeout(() => child.kill('SIGKILL'), COMMAND_LIMIT_MS);
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    // A program that does not read its input is judged by what it prints.
    child.stdin.on('error', () => undefined);
    child.once('error', (cause) => {
      clearTimeout(tooLong);
      reject(new SignerFault('The program that signs cannot be run.', { cause }));
    });
    child.once('close', (code) => {
      clearTimeout(tooLong);
      if (code === 0) resolve(output);
      else reject(new SignerFault('The program that signs failed, or took longer than five seconds.'));
    });
    child.stdin.end(input);
  });
}
