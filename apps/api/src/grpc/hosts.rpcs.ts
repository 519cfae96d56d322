import { cordonHost, drainHost, registerHost, removeHost, uncordonHost } from '../hosts/hosts.js';
import { HostAt, RegisterHost } from '../hosts/hosts.dto.js';
import { hostView } from '../hosts/hosts.view.js';
import { PageQuery, pageView } from '../http/pages.js';
import type { HostsDefinition } from './gen/diecast/v1/hosts.js';
import { changes, reads, starts, type RpcsOf } from './rpc.js';

export const HOST_RPCS: RpcsOf<HostsDefinition> = {
  register: starts('admin', RegisterHost, registerHost),
  get: reads(HostAt, async (store, { name }) => hostView(await store.hosts.require(name))),
  list: reads(PageQuery, async (store, page) => pageView(await store.hosts.list(page), hostView)),
  delete: changes('admin', HostAt, async (store, { name }) => {
    await removeHost(store, name);
    return {};
  }),
  cordon: changes('admin', HostAt, async (store, { name }, by) =>
    hostView(await cordonHost(store, name, by)),
  ),
  uncordon: changes('admin', HostAt, async (store, { name }) => hostView(await uncordonHost(store, name))),
  drain: starts('admin', HostAt, (store, { name }, by) => drainHost(store, name, by)),
};
