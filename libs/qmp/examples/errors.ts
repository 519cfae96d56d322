import { isQmpError, QmpTimeoutError, type QmpClient } from '@diecast/qmp';

/** Takes a device out of a machine; true when it is not there any more, whoever took it. */
export async function removeDevice(qemu: QmpClient, id: string, signal: AbortSignal): Promise<boolean> {
  try {
    await qemu.execute('device_del', { id }, { deadlineMs: 5_000, signal });
    return false; // The guest has to let it go first: DEVICE_DELETED tells.
  } catch (error) {
    if (isQmpError(error, 'DeviceNotFound')) return true;
    // Nothing has happened if it was never sent; otherwise nobody knows.
    if (error instanceof QmpTimeoutError && !error.sent) return false;
    throw error;
  }
}
