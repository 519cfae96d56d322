import { METADATA } from '@diecast/node-libvirt';
import { ask, NAME, readInfo, readState, readXml, theySet, weSet, xml } from './domain-asks.js';
import { both, we, type Step } from './steps.js';

/** The domain that is there from the beginning. */
const uuid = '6695eb01-f6a4-8304-79aa-97f2502e193f';

const lists: readonly Step[] = [
  both('connect.listAllDomains', ({ host }) => host.connect.listAllDomains(), 'conn().listAllDomains()'),
  both(
    'connect.listAllDomains',
    ({ host }) => host.connect.listAllDomains({ flags: 2 }),
    'conn().listAllDomains(2)',
  ),
  both(
    'connect.listDomains',
    ({ host }) => host.connect.listDomains({ maxids: 64 }),
    'conn().listDomainsID()',
  ),
  both('connect.numOfDomains', ({ host }) => host.connect.numOfDomains(), 'conn().numOfDomains()'),
  both(
    'connect.listDefinedDomains',
    ({ host }) => host.connect.listDefinedDomains({ maxnames: 64 }),
    'conn().listDefinedDomains()',
  ),
  both(
    'connect.numOfDefinedDomains',
    ({ host }) => host.connect.numOfDefinedDomains(),
    'conn().numOfDefinedDomains()',
  ),
];

/** What a domain says and takes while it is there. */
export const domainSteps: readonly Step[] = [
  we('domain.defineXml', ({ host }) => host.domain.defineXml({ xml })),
  both(
    'domain.lookupByName',
    ({ host }) => host.domain.lookupByName({ name: NAME }),
    `conn().lookupByName("${NAME}")`,
  ),
  both(
    'domain.lookupByUuid',
    ({ host }) => host.domain.lookupByUuid({ uuid }),
    `conn().lookupByUUIDString("${uuid}")`,
  ),
  both('domain.lookupById', ({ host }) => host.domain.lookupById({ id: 1 }), 'conn().lookupByID(1)'),
  ...lists,
  readXml,
  readState,
  ask('domain.isActive', (domain, dom) => domain.isActive({ dom }), 'isActive()'),
  weSet('domain.create', (domain, dom) => domain.create({ dom })),
  ask('domain.isActive', (domain, dom) => domain.isActive({ dom }), 'isActive()'),
  ask('domain.isPersistent', (domain, dom) => domain.isPersistent({ dom }), 'isPersistent()'),
  ask('domain.isUpdated', (domain, dom) => domain.isUpdated({ dom }), 'isUpdated()'),
  ...lists,
  readState,
  readInfo,
  weSet('domain.suspend', (domain, dom) => domain.suspend({ dom })),
  readState,
  theySet('domain.resume', 'resume()'),
  readState,
  theySet('domain.suspend', 'suspend()'),
  readState,
  weSet('domain.resume', (domain, dom) => domain.resume({ dom })),
  readState,
  weSet('domain.reset', (domain, dom) => domain.reset({ dom })),
  readState,
  theySet('domain.shutdown', 'shutdown()'),
  readState,
  theySet('domain.createWithFlags', 'createWithFlags(0)'),
  readState,
  weSet('domain.shutdownFlags', (domain, dom) => domain.shutdownFlags({ dom })),
  readState,
  weSet('domain.createWithFlags', (domain, dom) => domain.createWithFlags({ dom })),
  weSet('domain.destroyFlags', (domain, dom) => domain.destroyFlags({ dom })),
  readState,
  theySet('domain.create', 'create()'),
  readState,
  ask('domain.getOsType', (domain, dom) => domain.getOsType({ dom }), 'OSType()'),
  ask('domain.getAutostart', (domain, dom) => domain.getAutostart({ dom }), 'autostart()'),
  weSet('domain.setAutostart', (domain, dom) => domain.setAutostart({ dom, autostart: true })),
  ask('domain.getAutostart', (domain, dom) => domain.getAutostart({ dom }), 'autostart()'),
  theySet('domain.setAutostart', 'setAutostart(0)'),
  ask('domain.getAutostart', (domain, dom) => domain.getAutostart({ dom }), 'autostart()'),
  weSet('domain.setMetadata', (domain, dom) =>
    domain.setMetadata({ dom, type: METADATA.ELEMENT, metadata: '<ours a="ä€😀"/>', key: 'k', uri: 'urn:x' }),
  ),
  ask(
    'domain.getMetadata',
    (domain, dom) => domain.getMetadata({ dom, type: METADATA.ELEMENT, uri: 'urn:x' }),
    'metadata(2, "urn:x")',
  ),
  theySet('domain.setMetadata', 'setMetadata(1, "theirs ä€😀", None, None)'),
  ask(
    'domain.getMetadata',
    (domain, dom) => domain.getMetadata({ dom, type: METADATA.TITLE }),
    'metadata(1, None)',
  ),
  weSet('domain.setLifecycleAction', (domain, dom) => domain.setLifecycleAction({ dom, type: 0, action: 1 })),
  readXml,
  ask('domain.getMessages', (domain, dom) => domain.getMessages({ dom }), 'messages()'),
  ask('domain.getControlInfo', (domain, dom) => domain.getControlInfo({ dom }), 'controlInfo()'),
  ask('domain.getSecurityLabel', (domain, dom) => domain.getSecurityLabel({ dom }), 'securityLabel()'),
  ask(
    'domain.getSchedulerType',
    (domain, dom) => domain.getSchedulerType({ dom }),
    'schedulerType()',
    Object.values,
  ),
  ask(
    'domain.getSchedulerParameters',
    (domain, dom) => domain.getSchedulerParameters({ dom, nparams: 1 }),
    'schedulerParameters()',
  ),
  theySet('domain.setSchedulerParameters', 'setSchedulerParameters({"weight": 60})'),
  ask(
    'domain.getSchedulerParameters',
    (domain, dom) => domain.getSchedulerParameters({ dom, nparams: 1 }),
    'schedulerParameters()',
  ),
];
