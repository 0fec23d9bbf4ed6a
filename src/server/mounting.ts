// How to mount the served folder as a network drive: the commands that are printed at the start, and the address to use in them.
import type { NetworkInterfaceInfo } from 'node:os';

type Interfaces = Readonly<Record<string, readonly Pick<NetworkInterfaceInfo, 'address' | 'family' | 'internal'>[] | undefined>>;

export interface Served {
  readonly scheme: 'http' | 'https';
  /** What the server listens on; 0.0.0.0 and :: are every address there is. */
  readonly host: string;
  readonly port: number;
  /** `/` or `/dav` */
  readonly base: string;
  /** Names of those who are let in; empty when everybody is. */
  readonly users: readonly string[];
}

/** Whether only this machine can reach what listens on `host`. */
export function isLoopback(host: string): boolean {
  return /^(127(\.\d+){1,3}|::1|localhost)$/i.test(host);
}

/** What the operator is warned of. RFC 7617 §4: Basic alone keeps no password from whoever listens. */
export function warningsAbout({ scheme, host, users }: Served): string[] {
  if (isLoopback(host)) return [];
  if (users.length === 0) return ['everybody who reaches this address can read and change the folder: give --user NAME:PASSWORD.'];
  return scheme === 'https' ? [] : ['passwords cross the network in the clear: give --tls-cert and --tls-key.'];
}

export function urlOf({ scheme, port, base }: Served, host: string): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}${base}`;
}

/** Lines for the operator, each with the best address for who mounts: `interfaces` as `os.networkInterfaces()` gives them. */
export function mounting(served: Served, interfaces: Interfaces): string[] {
  const [url = '', ...others] = addressesOf(served.host, interfaces).map((host) => urlOf(served, host).replace(/\/?$/, '/'));
  const { host, scheme, users } = served;
  const title = isLoopback(host)
    ? 'As a network drive, on this machine only (--host 0.0.0.0 lets others in):'
    : `As a network drive${others.length > 0 ? `, here or at ${others.join(' or ')}` : ''}:`;
  const name = users.length === 1 && /^[\w.@-]+$/.test(users[0] ?? '') ? users[0] : users.length > 0 ? 'NAME' : undefined;
  return [
    title,
    `  Windows  net use Z: ${url}${name === undefined ? '' : ` * /user:${name}`}`,
    ...(name !== undefined && scheme === 'http' ? BASIC_OVER_HTTP : []),
    `  macOS    Finder, Go, Connect to Server (Cmd-K): ${url}`,
    `  Linux    rclone mount ${CACHED}${name === undefined ? '' : ` ${credentialsOf(name)}`} ':webdav,url="${url}":' /mnt/dav`,
    `           mount -t davfs ${url} /mnt/dav`,
    `           gio mount ${url.replace(/^http/, 'dav')}`,
  ];
}

/** Programs write in small pieces and anywhere in a file; the default gives them no way to. */
const CACHED = '--vfs-cache-mode writes --vfs-write-back 1s';

function credentialsOf(name: string): string {
  return `--webdav-user ${name} --webdav-pass "$(rclone obscure PASSWORD)"`;
}

/** Microsoft KB 841215: the redirector sends Basic credentials over https only, unless told otherwise. */
const BASIC_OVER_HTTP = [
  '           (without https, Windows sends no password unless BasicAuthLevel is 2 in the registry,',
  '           HKLM\\SYSTEM\\CurrentControlSet\\Services\\WebClient\\Parameters)',
];

/** Never empty. Addresses that only the same cable understands are left out, IPv4 comes first. */
function addressesOf(host: string, interfaces: Interfaces): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host];
  const open = Object.values(interfaces)
    .flatMap((each) => each ?? [])
    .filter(({ internal, address }) => !internal && !/^(169\.254\.|fe80:)/i.test(address));
  const found = (['IPv4', ...(host === '::' ? ['IPv6'] : [])] as const).flatMap((family) =>
    open.filter((each) => each.family === family).map(({ address }) => address),
  );
  return found.length > 0 ? found : ['127.0.0.1'];
}
