import { both, they, we, type Step } from './steps.js';

const state: readonly Step[] = [
  both(
    'domain.getState',
    async ({ host, dom }) => host.domain.getState({ dom: await dom('wide') }),
    'dom("wide").state()',
  ),
  both(
    'domain.hasManagedSaveImage',
    async ({ host, dom }) => host.domain.hasManagedSaveImage({ dom: await dom('wide') }),
    'dom("wide").hasManagedSaveImage()',
  ),
];
const image = both(
  'domain.saveImageGetXmlDesc',
  ({ host, file }) => host.domain.saveImageGetXmlDesc({ file: file('image') }),
  'conn().saveImageGetXMLDesc(file("image"))',
);

/** After the steps of the domain, which is there and runs; in the end it is gone. */
export const saveSteps: readonly Step[] = [
  we('domain.save', async ({ host, dom, file }) =>
    host.domain.save({ dom: await dom('wide'), to: file('image') }),
  ),
  ...state,
  image,
  we('domain.saveImageDefineXml', async ({ host, file }) => {
    const { xml } = await host.domain.saveImageGetXmlDesc({ file: file('image') });
    const dxml = xml
      .replace('</currentMemory>', '</currentMemory><!-- ours -->')
      .replace('>restart<', '>destroy<');
    return host.domain.saveImageDefineXml({ file: file('image'), dxml });
  }),
  image,
  they('domain.restore', 'conn().restore(file("image"))'),
  ...state,
  they('domain.saveFlags', 'dom("wide").saveFlags(file("image"), None, 0)'),
  image,
  we('domain.restoreFlags', ({ host, file }) => host.domain.restoreFlags({ from: file('image') })),
  ...state,
  we('domain.managedSave', async ({ host, dom }) => host.domain.managedSave({ dom: await dom('wide') })),
  ...state,
  they('domain.managedSaveRemove', 'dom("wide").managedSaveRemove()'),
  they('domain.managedSave', 'dom("wide").create() or dom("wide").managedSave()'),
  ...state,
  we('domain.managedSaveRemove', async ({ host, dom }) =>
    host.domain.managedSaveRemove({ dom: await dom('wide') }),
  ),
  ...state,
  both(
    'domain.screenshot',
    async ({ host, dom }) => {
      const stream = await host.domain.screenshot({ dom: await dom('test'), screen: 0 });
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      return [stream.result.mime, Buffer.concat(chunks)];
    },
    'screenshot(dom("test"))',
    (answer) => answer,
  ),
  we('domain.rename', async ({ host, dom }) =>
    host.domain.rename({ dom: await dom('wide'), newName: 'wider' }),
  ),
  both('connect.listAllDomains', ({ host }) => host.connect.listAllDomains(), 'conn().listAllDomains()'),
  they('domain.rename', 'dom("wider").rename("widest")'),
  both('connect.listAllDomains', ({ host }) => host.connect.listAllDomains(), 'conn().listAllDomains()'),
  we('domain.undefine', async ({ host, dom }) => host.domain.undefine({ dom: await dom('widest') })),
  both('connect.listAllDomains', ({ host }) => host.connect.listAllDomains(), 'conn().listAllDomains()'),
];
