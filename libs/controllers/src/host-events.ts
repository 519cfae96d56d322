import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '@diecast/model';
import type { HostEvent } from '@diecast/hypervisor';
import type { ControllerDeps } from './deps.js';
import { lookAtHost } from './look-at-host.js';

const LIST_EVERY_MS = 5_000;

type Watched = { readonly uri: string; readonly stop: AbortController };

/**
 * Listens to every host and looks at once when a machine ends or something may have been missed, so that nobody has to
 * wait for the next round. An event only says where to look; what counts is what is seen there.
 */
export async function watchHostEvents(deps: ControllerDeps, signal: AbortSignal): Promise<void> {
  const { store, log } = deps;
  const watched = new Map<string, Watched>();
  const listening = new Set<Promise<void>>();
  const begin = (host: Host): void => {
    const entry = { uri: host.uri, stop: new AbortController() };
    watched.set(host.name, entry);
    const ended = listen(deps, host, AbortSignal.any([signal, entry.stop.signal])).finally(() => {
      listening.delete(ended);
      // Its connection was closed under it: it begins anew with the next list.
      if (watched.get(host.name) === entry) watched.delete(host.name);
    });
    listening.add(ended);
  };
  while (!signal.aborted) {
    try {
      const hosts = new Map((await store.hosts.all()).filter(isProbed).map((host) => [host.name, host]));
      for (const [name, { uri, stop }] of watched) if (hosts.get(name)?.uri !== uri) stop.abort();
      for (const host of hosts.values()) if (!watched.has(host.name)) begin(host);
    } catch (error) {
      log.debug({ err: error }, 'The hosts to listen to could not be read.');
    }
    await sleep(LIST_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  await Promise.all(listening);
}

const isProbed = ({ facts }: Host): boolean => facts !== null;

async function listen(deps: ControllerDeps, host: Host, signal: AbortSignal): Promise<void> {
  const { hypervisors, log } = deps;
  const look = oneAtATime(async () => {
    try {
      await lookAtHost(deps, host.name, { signal, withRoom: false });
    } catch (error) {
      // Whether a host counts as silent is for the round to say.
      if (!signal.aborted) log.debug({ err: error, host: host.name }, 'An early look at a host failed.');
    }
  });
  try {
    for await (const event of hypervisors.at(host).events(signal)) if (deservesLook(event)) look.ask();
  } catch (error) {
    if (!signal.aborted) log.warn({ err: error, host: host.name }, 'Events of a host are heard no more.');
  }
  await look.settled();
}

const deservesLook = (event: HostEvent): boolean =>
  event.type === 'gap' ||
  (event.type === 'domain' && (event.event === 'stopped' || event.event === 'crashed'));

/** However often it is asked for, `work` runs once at a time, and once more when it was asked for meanwhile. */
function oneAtATime(work: () => Promise<void>): { ask(): void; settled(): Promise<void> } {
  let running: Promise<void> | undefined;
  let again = false;
  const run = async (): Promise<void> => {
    do {
      again = false;
      await work();
    } while (again);
    running = undefined;
  };
  return {
    ask() {
      again = true;
      running ??= run();
    },
    settled: async () => running,
  };
}
