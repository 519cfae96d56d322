import { nouns } from './0001-nouns.js';
import { operations } from './0002-operations.js';
import { immutability } from './0003-immutability.js';
import { imageWork } from './0004-image-work.js';
import { hostMemory } from './0005-host-memory.js';
import { moves } from './0006-moves.js';
import { pivots } from './0007-pivots.js';
import { turns } from './0008-turns.js';
import { history } from './0009-history.js';
import { strategies } from './0010-strategies.js';
import { lines } from './0011-lines.js';
import { served } from './0012-served.js';
import type { Migration } from './migration.js';

/** In order; append only. */
export const MIGRATIONS: readonly Migration[] = [
  nouns,
  operations,
  immutability,
  imageWork,
  hostMemory,
  moves,
  pivots,
  turns,
  history,
  strategies,
  lines,
  served,
];
