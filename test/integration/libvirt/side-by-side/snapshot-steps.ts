import { both, they, we, type Step } from './steps.js';

const snapshotXml = (name: string): string => `<domainsnapshot><name>${name}</name></domainsnapshot>`;
const checkpointXml = (name: string): string => `<domaincheckpoint><name>${name}</name></domaincheckpoint>`;

const tree: readonly Step[] = [
  both(
    'snapshot.num',
    async ({ host, dom }) => host.snapshot.num({ dom: await dom('wide') }),
    'dom("wide").snapshotNum()',
  ),
  both(
    'snapshot.listNames',
    async ({ host, dom }) => host.snapshot.listNames({ dom: await dom('wide'), maxnames: 64 }),
    'dom("wide").snapshotListNames()',
  ),
  both(
    'domain.listAllSnapshots',
    async ({ host, dom }) => host.domain.listAllSnapshots({ dom: await dom('wide') }),
    'dom("wide").listAllSnapshots()',
  ),
  both(
    'domain.listAllSnapshots',
    async ({ host, dom }) => host.domain.listAllSnapshots({ dom: await dom('wide'), flags: 1 }),
    'dom("wide").listAllSnapshots(1)',
  ),
  both(
    'domain.hasCurrentSnapshot',
    async ({ host, dom }) => host.domain.hasCurrentSnapshot({ dom: await dom('wide') }),
    'dom("wide").hasCurrentSnapshot()',
  ),
];
const of = (name: string): readonly Step[] => [
  both(
    'snapshot.getXmlDesc',
    async ({ host, snap }) => host.snapshot.getXmlDesc({ snap: await snap('wide', name) }),
    `snap("wide", "${name}").getXMLDesc()`,
  ),
  both(
    'snapshot.isCurrent',
    async ({ host, snap }) => host.snapshot.isCurrent({ snap: await snap('wide', name) }),
    `snap("wide", "${name}").isCurrent()`,
  ),
  both(
    'snapshot.hasMetadata',
    async ({ host, snap }) => host.snapshot.hasMetadata({ snap: await snap('wide', name) }),
    `snap("wide", "${name}").hasMetadata()`,
  ),
  both(
    'snapshot.numChildren',
    async ({ host, snap }) => host.snapshot.numChildren({ snap: await snap('wide', name) }),
    `snap("wide", "${name}").numChildren()`,
  ),
  both(
    'snapshot.listChildrenNames',
    async ({ host, snap }) =>
      host.snapshot.listChildrenNames({ snap: await snap('wide', name), maxnames: 64 }),
    `snap("wide", "${name}").listChildrenNames()`,
  ),
  both(
    'snapshot.listAllChildren',
    async ({ host, snap }) => host.snapshot.listAllChildren({ snapshot: await snap('wide', name) }),
    `snap("wide", "${name}").listAllChildren()`,
  ),
];
const line: readonly Step[] = [
  both(
    'domain.listAllCheckpoints',
    async ({ host, dom }) => host.domain.listAllCheckpoints({ dom: await dom('wide') }),
    'dom("wide").listAllCheckpoints()',
  ),
  both(
    'checkpoint.listAllChildren',
    async ({ host, check }) => host.checkpoint.listAllChildren({ checkpoint: await check('wide', 'one') }),
    'check("wide", "one").listAllChildren()',
  ),
  both(
    'checkpoint.getXmlDesc',
    async ({ host, check }) => host.checkpoint.getXmlDesc({ checkpoint: await check('wide', 'one') }),
    'check("wide", "one").getXMLDesc()',
  ),
];

/** After the steps of the domain, which is there and runs. */
export const snapshotSteps: readonly Step[] = [
  ...tree,
  we('snapshot.createXml', async ({ host, dom }) =>
    host.snapshot.createXml({ dom: await dom('wide'), xml: snapshotXml('first') }),
  ),
  they('snapshot.createXml', `dom("wide").snapshotCreateXML("""${snapshotXml('second')}""")`),
  ...tree,
  both(
    'snapshot.current',
    async ({ host, dom }) => host.snapshot.current({ dom: await dom('wide') }),
    'dom("wide").snapshotCurrent()',
  ),
  both(
    'snapshot.getParent',
    async ({ host, snap }) => host.snapshot.getParent({ snap: await snap('wide', 'second') }),
    'snap("wide", "second").getParent()',
  ),
  both(
    'snapshot.lookupByName',
    ({ snap }) => snap('wide', 'second'),
    'dom("wide").snapshotLookupByName("second")',
    (snap) => snap,
  ),
  ...of('first'),
  ...of('second'),
  we('domain.revertToSnapshot', async ({ host, snap }) =>
    host.domain.revertToSnapshot({ snap: await snap('wide', 'first') }),
  ),
  ...of('first'),
  they('domain.revertToSnapshot', 'dom("wide").revertToSnapshot(snap("wide", "second"))'),
  ...of('second'),
  we('snapshot.delete', async ({ host, snap }) =>
    host.snapshot.delete({ snap: await snap('wide', 'second') }),
  ),
  ...tree,
  they('snapshot.delete', 'snap("wide", "first").delete()'),
  ...tree,
  we('checkpoint.createXml', async ({ host, dom }) =>
    host.checkpoint.createXml({ dom: await dom('wide'), xml: checkpointXml('one') }),
  ),
  ...line,
  they('checkpoint.createXml', `dom("wide").checkpointCreateXML("""${checkpointXml('two')}""")`),
  ...line,
  both(
    'checkpoint.lookupByName',
    ({ check }) => check('wide', 'two'),
    'dom("wide").checkpointLookupByName("two")',
    (check) => check,
  ),
  both(
    'checkpoint.getParent',
    async ({ host, check }) => host.checkpoint.getParent({ checkpoint: await check('wide', 'two') }),
    'check("wide", "two").getParent()',
  ),
  we('checkpoint.delete', async ({ host, check }) =>
    host.checkpoint.delete({ checkpoint: await check('wide', 'two') }),
  ),
  ...line,
  they('checkpoint.delete', 'check("wide", "one").delete()'),
  both(
    'domain.listAllCheckpoints',
    async ({ host, dom }) => host.domain.listAllCheckpoints({ dom: await dom('wide') }),
    'dom("wide").listAllCheckpoints()',
  ),
];
