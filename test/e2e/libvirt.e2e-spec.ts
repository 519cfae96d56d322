import { describe } from '@jest/globals';
import { blockStories } from './libvirt/blocks.js';
import { deviceStories } from './libvirt/devices.js';
import { exampleStories } from './libvirt/examples.js';
import { lifeStories } from './libvirt/life.js';
import { movingStories } from './libvirt/moving.js';
import { saveStories } from './libvirt/saves.js';
import { useDeepWorld } from './libvirt/world.js';

const world = useDeepWorld();
lifeStories(world);
deviceStories(world);
blockStories(world);
saveStories(world);
describe('a machine on the move (SPEC-VIRT-7)', () => movingStories(world));
exampleStories(world);
