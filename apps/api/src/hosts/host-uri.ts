const TRANSPORTS = ['tls', 'ssh', 'tcp', 'unix'] as const;
const URI = /^qemu\+(\w+):\/\/(?:([^@/?#]*)@)?([^@/?#]*)(\/[^?#]*)?(?:\?([^#\s]*))?$/;
const ADDRESS = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::\d{1,5})?$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

/**
 * What a URI may say beyond where the host is. Not among them: what names a program (`command`, `netcat`), because it
 * would run on every worker, and where credentials of the worker's own lie (`authfile`).
 */
const PARAMETERS: ReadonlySet<string> = new Set([
  ...['pkipath', 'no_verify', 'tls_priority', 'auth'],
  ...['keyfile', 'known_hosts', 'known_hosts_verify', 'no_tty', 'proxy'],
  ...['socket', 'mode', 'name'],
]);

/** Written plainly only: libvirt would also read %-escapes, capitals, and ";" between parameters. */
const PARAMETER = /^([a-z_]+)=[\w./:,@+~-]+$/;

function parameterProblem(query: string): string | undefined {
  const wrong = query.split('&').find((each) => !PARAMETERS.has(PARAMETER.exec(each)?.[1] ?? ''));
  return wrong === undefined
    ? undefined
    : `must have no parameters but plain ones of ${[...PARAMETERS].join(', ')}, joined by "&": "${wrong.slice(0, 60)}" is none`;
}

/**
 * What is wrong with a host's libvirt URI (https://libvirt.org/uri.html), as the rest of a sentence that begins with the
 * field; undefined when it is one that Diecast can open. Secrets have no place in it: it is shown to every viewer.
 */
export function hostUriProblem(uri: string): string | undefined {
  const match = URI.exec(uri);
  const [, transport = '', user, address = '', path, query = ''] = match ?? [];
  if (match === null || !TRANSPORTS.some((known) => known === transport))
    return `must be a libvirt URI qemu+${TRANSPORTS.join('|')}://…, such as qemu+tls://host.example.org/system`;
  if (user !== undefined && !USER.test(user))
    return 'must carry at most a user name before "@": a password in it would be shown to everyone';
  if (path !== '/system' && path !== '/session') return 'must end with /system or /session';
  if (query !== '') {
    const problem = parameterProblem(query);
    if (problem !== undefined) return problem;
  }
  if (transport === 'unix')
    return address === '' && user === undefined ? undefined : 'must name no host: unix is this machine';
  return ADDRESS.test(address) ? undefined : 'must name a host, such as host.example.org or 192.0.2.10';
}
