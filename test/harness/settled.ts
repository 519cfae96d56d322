import {
  LibvirtError,
  LibvirtTimeoutError,
  LibvirtTransferError,
  LibvirtTransportError,
} from '../../libs/node-libvirt/src/errors.js';

/** Far beyond every deadline, on a machine that has other things to do. */
const HANG_MS = 20_000;
const KINDS: readonly unknown[] = [
  LibvirtError,
  LibvirtTimeoutError,
  LibvirtTransferError,
  LibvirtTransportError,
];

/** Lets everything else have its turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** @throws Error when the work does not end */
export async function withinReason<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('somebody waits for ever')), HANG_MS);
  });
  try {
    return await Promise.race([work, hang]);
  } finally {
    clearTimeout(timer);
  }
}

/** @throws the error, unless it is one of node-libvirt's own or that of a timeout signal */
export function expectTyped(error: unknown): void {
  if (KINDS.includes((error as Error).constructor) || (error as Error).name === 'TimeoutError') return;
  throw error;
}
