import type { ExitCode } from './exit-codes.js';

/** How a command says with which code the program ends, when it is not 0 and no error either. */
export type Ended = (code: ExitCode) => void;
