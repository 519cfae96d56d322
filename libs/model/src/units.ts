/** Bytes in one mebibyte (IEC 80000-13). */
export const MIB = 1_048_576;
export const GIB = 1_073_741_824;
export const mib = (count: number): number => count * MIB;

const STEPS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** 1536 → "1.5 KiB". For people; machines get bytes. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let step = 0;
  while (value >= 1024 && step < STEPS.length - 1) {
    value /= 1024;
    step += 1;
  }
  const digits = step === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${STEPS[step] ?? 'B'}`;
}
