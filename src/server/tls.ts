// The certificate and key of an https server, read from the files the operator names.
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { Mistake } from './mistake.ts';

export interface Tls {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** Throws Mistake for files that cannot be read or do not fit together. */
export function readTls(certFile: string | undefined, keyFile: string | undefined): Tls | undefined {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined) throw new Mistake('--tls-cert and --tls-key go together: give both files.');
  const tls = { cert: readPem(certFile, '--tls-cert'), key: readPem(keyFile, '--tls-key') };
  if (!fits(tls))
    throw new Mistake('--tls-cert and --tls-key do not fit together, are not PEM files, or the key has a passphrase: give others.');
  return tls;
}

/** Throws Mistake for what somebody's own app gives as a certificate and key, and is none. */
export function checkTls(tls: Tls | undefined): void {
  if (tls !== undefined && !(tls?.cert && tls.key && fits(tls)))
    throw new Mistake('tls.cert and tls.key do not fit together, are not in PEM form, or the key has a passphrase: give others.');
}

function fits({ cert, key }: Tls): boolean {
  try {
    createSecureContext({ cert, key });
    return true;
  } catch {
    return false;
  }
}

function readPem(file: string, flag: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new Mistake(`${flag}: ${file} cannot be read: check its name and who may read it.`);
  }
}
