import { HOSTS } from './hosts.js';
import { IMAGES } from './images.js';
import { INSTANCES } from './instances.js';
import { OPERATIONS } from './operations.js';
import type { Resource } from './resource.js';
import { ROLLOUTS } from './rollouts.js';
import { SERVICES } from './services.js';
import { SNAPSHOTS } from './snapshots.js';

export const RESOURCES: readonly Resource[] = [
  HOSTS,
  IMAGES,
  SERVICES,
  INSTANCES,
  SNAPSHOTS,
  OPERATIONS,
  ROLLOUTS,
];

/** By its plural, or by its singular. */
export const resourceNamed = (word: string): Resource | undefined =>
  RESOURCES.find(({ one, many }) => one === word || many === word);
