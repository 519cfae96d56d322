import { subscribe } from 'node:diagnostics_channel';
import type { CallMessage } from '@diecast/node-libvirt';
import type { Store } from '@diecast/store';

type Reach = (place: string) => void;

/** Writes of the journal that a step's fate hangs on. Heartbeats come by the clock and are no points. */
const JOURNAL_WRITES =
  /^(acquire|startStep|finishStep|failStep|startUndo|finishUndo|failUndo|passPivot|finish)$/;
const STORE_WRITES = /^(insert|set|update|record|begin|end|finish|abandon|remove|delete|mark|emit|reserve)/;
const GROUPS = ['instances', 'hostFiles', 'hosts', 'images', 'snapshots', 'services', 'rollouts'] as const;

type Methods = Readonly<Record<string, unknown>>;

/** Says a place together with the step in which it lies. */
export function inSteps(reach: Reach): { readonly reach: Reach; entered(step: string): void } {
  let step = 'start';
  return {
    reach: (place) => reach(`${step}: ${place}`),
    entered(name) {
      step = name;
    },
  };
}

/** The name that a write of the journal gives of its step. */
const stepNamed = (argument: unknown): string | undefined => {
  if (typeof argument === 'string') return argument;
  return typeof argument === 'object' && argument !== null && 'name' in argument
    ? String(argument.name)
    : undefined;
};

/** The same object, which says before and after every call that `counts` that it comes by. */
function watch<T extends object>(group: T, name: string, counts: RegExp, reach: Reach): T {
  return new Proxy(group, {
    get(target, key) {
      const member = (target as Methods)[String(key)];
      if (typeof member !== 'function' || !counts.test(String(key))) return member;
      return async (...given: readonly unknown[]): Promise<unknown> => {
        reach(`${name}.${String(key)} before`);
        const answer: unknown = await (member as (...args: readonly unknown[]) => unknown).apply(target, [
          ...given,
        ]);
        reach(`${name}.${String(key)} after`);
        return answer;
      };
    },
  });
}

/** The journal tells in which step a worker is. */
function followSteps(journal: Store['journal'], entered: (step: string) => void): Store['journal'] {
  return new Proxy(journal, {
    get(target, key) {
      const member = (target as unknown as Methods)[String(key)];
      if (key !== 'startStep' && key !== 'startUndo') return member;
      return (lease: unknown, which: unknown): unknown => {
        const step = stepNamed(which) ?? 'unknown';
        entered(key === 'startStep' ? step : `undo of ${step}`);
        return (member as (...args: readonly unknown[]) => unknown).call(target, lease, which);
      };
    },
  });
}

/** A store whose writes are points at which a worker can be stopped. */
export function watchStore(store: Store, reach: Reach, entered: (step: string) => void): Store {
  const groups = GROUPS.map((name) => [name, watch(store[name], name, STORE_WRITES, reach)] as const);
  return {
    ...store,
    ...Object.fromEntries(groups),
    journal: followSteps(watch(store.journal, 'journal', JOURNAL_WRITES, reach), entered),
    transaction: (work) => store.transaction((inner) => work(watchStore(inner, reach, entered))),
    under: (lease) => watchStore(store.under(lease), reach, entered),
  };
}

/** Opening a connection changes nothing, and connections are opened at other moments in every run. */
const OPENING = /^(AUTH_|CONNECT_SUPPORTS_FEATURE$|CONNECT_OPEN$)/;

/** Every call to a libvirtd, QMP's among them: before it leaves, when it has left, and when its answer is there. */
export function watchLibvirt(reach: Reach): void {
  subscribe('node-libvirt:call', (message) => {
    const { procedure, phase } = message as CallMessage;
    if (!OPENING.test(procedure)) reach(`${procedure} ${phase}`);
  });
}
