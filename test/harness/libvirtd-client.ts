/**
 * A client of libvirt as a program, for where a test cannot be itself: as another user, in another /run.
 *
 * node --import typescript.mjs libvirtd-client.ts URI [reader]
 */
import { Libvirt, LibvirtTransportError } from '../../libs/node-libvirt/src/index.js';

const [uri = '', mode] = process.argv.slice(2);
const host = new Libvirt(uri, { readOnly: mode === 'reader' });
try {
  console.log(JSON.stringify(await host.connect.getUri()));
} catch (error) {
  const failure = error instanceof LibvirtTransportError ? error.failure : 'other';
  console.log(JSON.stringify({ failure, message: error instanceof Error ? error.message : String(error) }));
} finally {
  host.close();
}
