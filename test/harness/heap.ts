import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Throws away everything that nobody needs: objects, and buffers beside them. */
export function collectGarbage(): void {
  // What the first leaves to be freed in the background, the second waits for.
  collect();
  collect();
}

/** Bytes in use after that. */
export function heapBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
