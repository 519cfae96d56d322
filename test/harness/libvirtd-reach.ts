import {
  Libvirt,
  LibvirtTransportError,
  type LibvirtOptions,
  type TransportFailure,
} from '../../libs/node-libvirt/src/index.js';
import { until } from './until.js';

/** Connects, asks the daemon what it opened, and closes. */
export async function reach(uri: string, options: LibvirtOptions = {}): Promise<string> {
  const host = new Libvirt(uri, options);
  try {
    return (await host.connect.getUri()).uri;
  } finally {
    host.close();
  }
}

/** How a connection that must fail does it. */
export async function failureOf(
  uri: string,
  options: LibvirtOptions = {},
): Promise<{ readonly failure: TransportFailure; readonly message: string }> {
  let opened: string;
  try {
    opened = await reach(uri, options);
  } catch (error) {
    if (!(error instanceof LibvirtTransportError)) throw error;
    return { failure: error.failure, message: error.message };
  }
  throw new Error(`${uri} opened ${opened}`);
}

/** Sockets, pipes and processes that this process has open. */
const open = (): number =>
  process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS|Pipe|Process)/.test(name)).length;

/** Runs `work` and then waits until what it opened is closed again. */
export async function leavesNothingOpen<T>(work: () => Promise<T>): Promise<T> {
  const before = open();
  try {
    return await work();
  } finally {
    await until(() => open() <= before || undefined, { withinMs: 10_000 });
  }
}
