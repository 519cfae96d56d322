import type { JsonValue, QmpClient } from '@diecast/qmp';

/** A command without a type takes JSON and gives JSON. */
export async function readTpms(qemu: QmpClient): Promise<JsonValue> {
  return qemu.execute('query-tpm-models', {});
}

/** So does a known one whose name is widened, for what a later QEMU has learned. */
export async function readStatus(qemu: QmpClient): Promise<JsonValue> {
  const command: string = 'query-status';
  return qemu.execute(command, {});
}
