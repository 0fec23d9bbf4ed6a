// A certificate for this machine that nobody has signed.
import { join } from 'node:path';
import { run } from './program.ts';

/** Writes `cert.pem` and `key.pem` into the folder. */
export async function certificate(
  folder: string,
): Promise<{ readonly cert: string; readonly key: string; readonly flags: readonly string[] }> {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names, '-keyout', key, '-out', cert];
  const { status, stderr } = await run('openssl', args);
  if (status !== 0) throw new Error(stderr);
  return { cert, key, flags: ['--tls-cert', cert, '--tls-key', key] };
}
