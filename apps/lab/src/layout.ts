import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Everything about a lab that follows from its folder alone, so that even a half-made one can be found and removed. */
export type LabLayout = {
  readonly dir: string;
  /** Two hex digits that keep the names and subnets of two labs apart. */
  readonly id: string;
  readonly subnet: string;
  readonly gateway: string;
  readonly prefix: number;
  readonly guestRange: { readonly start: string; readonly end: string };
  readonly switchNamespace: string;
  readonly rootLink: string;
};

export function layOut(dir: string): LabLayout {
  const number = 1 + ((createHash('sha256').update(dir).digest()[0] ?? 0) % 250);
  const id = number.toString(16).padStart(2, '0');
  const subnet = `10.77.${number}`;
  return {
    dir,
    id,
    subnet,
    gateway: `${subnet}.1`,
    prefix: 24,
    guestRange: { start: `${subnet}.100`, end: `${subnet}.250` },
    switchNamespace: `dl${id}-switch`,
    rootLink: `dl${id}-root`,
  };
}

export type HostLayout = {
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  readonly dir: string;
  /** Port of the switch that this host is plugged into. */
  readonly port: string;
  readonly init: string;
  readonly poolDir: string;
};

export const HOST_NAMES = ['a', 'b', 'c', 'd', 'e', 'f'] as const;

export function layOutHost(lab: LabLayout, index: number): HostLayout {
  const name = HOST_NAMES[index] ?? `h${index}`;
  const dir = join(lab.dir, 'hosts', name);
  return {
    name,
    namespace: `dl${lab.id}-${name}`,
    address: `${lab.subnet}.${11 + index}`,
    dir,
    port: `port-${name}`,
    init: join(dir, 'init.sh'),
    poolDir: join(dir, 'pool'),
  };
}
