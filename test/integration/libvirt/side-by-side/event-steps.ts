import { typed } from '@diecast/node-libvirt';
import { they, we, type Step } from './steps.js';

const xml = (name: string): string =>
  `<domain type='test'><name>${name}</name><memory unit='KiB'>2048</memory><os><type>hvm</type></os></domain>`;
const metadata = { type: 2, metadata: '<a/>', key: 'k', uri: 'urn:events' };

/** All that these do is told to both. */
export const eventfulSteps: readonly Step[] = [
  we('domain.defineXml', ({ host }) => host.domain.defineXml({ xml: xml('told') })),
  they('domain.create', 'dom("told").create()'),
  we('domain.suspend', async ({ host, dom }) => host.domain.suspend({ dom: await dom('told') })),
  they('domain.resume', 'dom("told").resume()'),
  we('domain.setMetadata', async ({ host, dom }) =>
    host.domain.setMetadata({ dom: await dom('told'), ...metadata }),
  ),
  they('domain.setMetadata', 'dom("told").setMetadata(1, "title", None, None)'),
  we('domain.setMemoryParameters', async ({ host, dom }) =>
    host.domain.setMemoryParameters({ dom: await dom('told'), params: [typed.ullong('hard_limit', 4096)] }),
  ),
  they(
    'snapshot.createXml',
    'dom("told").snapshotCreateXML("<domainsnapshot><name>s</name></domainsnapshot>")',
  ),
  we('domain.revertToSnapshot', async ({ host, snap }) =>
    host.domain.revertToSnapshot({ snap: await snap('told', 's') }),
  ),
  they('snapshot.delete', 'snap("told", "s").delete()'),
  we('domain.managedSave', async ({ host, dom }) => host.domain.managedSave({ dom: await dom('told') })),
  they('domain.create', 'dom("told").create()'),
  we('domain.destroy', async ({ host, dom }) => host.domain.destroy({ dom: await dom('told') })),
  they('domain.rename', 'dom("told").rename("retold")'),
  we('domain.undefine', async ({ host, dom }) => host.domain.undefine({ dom: await dom('retold') })),
  they('domain.createXml', `conn().createXML("""${xml('last')}""")`),
  we('domain.shutdown', async ({ host, dom }) => host.domain.shutdown({ dom: await dom('last') })),
];
