import type { HealthSpec, Json, NetworkSpec } from '@diecast/model';
import { guestSpec } from '../harness/tiny-service.js';
import { requireDigest, sampleSettings } from '../harness/samples.js';
import { succeed, type World } from './world.js';

export const SERVICE = 'web';

/** What of the world every scenario stands on. */
export type Declared = { readonly proofOf: (digest: string) => Json };

function specOf({ lab, images }: World): ReturnType<typeof guestSpec> {
  return guestSpec(requireDigest(images.v1.digest), lab);
}

export async function declareService(world: World): Promise<void> {
  await world.services.store.services.declare(SERVICE, specOf(world), sampleSettings(1), 'crash');
}

/** Hosts, a proven image and a service. No controller runs here, so that nothing happens but what a scenario asks for. */
export async function declareAll(world: World): Promise<Declared> {
  for (const { name, uri } of world.lab.hosts) {
    await world.services.store.hosts.insert({ name, uri, migrationUri: null });
    await succeed(world, 'host.register', { name });
  }
  const { machine, network, health } = specOf(world);
  const proofOf = (digest: string): Json => ({
    digest,
    host: null,
    machine,
    network: network as NetworkSpec & Json,
    health: health as HealthSpec & Json,
  });
  const { digest, folder } = world.images.v1;
  await succeed(world, 'image.import', { source: { type: 'path', path: folder } });
  await succeed(world, 'image.prove', proofOf(digest));
  await declareService(world);
  return { proofOf };
}
