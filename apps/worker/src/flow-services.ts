import { checkHealth, type FlowServices } from '@diecast/flows';
import { libvirtHypervisors } from '@diecast/hypervisor';
import type { BlobFolder, Config } from '@diecast/platform';
import type { Store } from '@diecast/store';

/** What the flows of this process may touch. Connections to hosts open when they are needed. */
export function flowServices(
  store: Store,
  blobs: BlobFolder,
  config: Config,
  shape: 'standalone' | 'cluster',
): FlowServices {
  return {
    store,
    blobs,
    hypervisors: libvirtHypervisors(),
    checkHealth,
    imageRules: {
      // In a cluster a path would mean whatever machine the worker happens to run on.
      paths: config.imagePaths ?? (shape === 'standalone' ? null : []),
      maxBlobBytes: config.imageMaxBytes,
      privateUrls: config.imagePrivateUrls,
      keys: config.signatureKeys,
      signatures: config.signaturePolicy,
    },
  };
}
