import type {
  Blob,
  Host,
  HostFile,
  Image,
  Instance,
  IterationSpec,
  Rollout,
  Service,
  ServiceSettings,
} from '@diecast/model';
import type { HostLoad } from './rooms.js';

/** Everything that decides what a declaration would bring about, all of one moment. */
export type DeclarationSight = {
  readonly name: string;
  readonly change: 'created' | 'none' | 'settings' | 'iteration';
  readonly wanted: { readonly spec: IterationSpec; readonly settings: ServiceSettings };
  /** The service as it is, with the memory of its machines; null: there is none. */
  readonly current: { readonly service: Service; readonly memoryMiB: number } | null;
  readonly image: Pick<Image, 'digest' | 'status' | 'statusReason' | 'sizeBytes'>;
  readonly blobs: readonly Blob[];
  readonly hosts: readonly Host[];
  readonly load: readonly HostLoad[];
  /** Live ones of the service. */
  readonly machines: readonly Instance[];
  /** Of all services. */
  readonly takenAddresses: readonly string[];
  readonly files: readonly Pick<HostFile, 'host' | 'name' | 'state'>[];
  readonly balancer: boolean;
  /** Newest first. */
  readonly history: readonly Rollout[];
};

/** The most that a rollout asks for at one moment. */
export type Surge = {
  readonly machines: number;
  /** The sum in words. */
  readonly sum: string;
  /** Memory that must be free for those that are not there yet, in MiB. */
  readonly memoryMiB: number;
  /** Addresses that must be free for them; null: the network gives them (DHCP). */
  readonly addresses: number | null;
};
