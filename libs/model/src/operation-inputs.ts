import type { OperationKind } from './operation.js';
import type { HealthSpec, MachineSpec, NetworkSpec } from './service.js';
import type { Digest } from './names.js';
import type { ImageManifest, ImageSignature } from './image.js';

/** Where an image comes from. Blobs of an upload were sent before, each under its digest. */
export type ImageSource =
  /** Absolute path, on the worker's machine, of a folder with manifest.json, blobs/HEX and, if signed, signature.json. */
  | { readonly type: 'path'; readonly path: string }
  /** http or https address of such a folder. */
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'upload'; readonly manifest: ImageManifest; readonly signature: ImageSignature | null };

/**
 * What each kind of operation is told: the contract between who asks (the api, a controller, a parent) and who does it
 * (libs/flows). Ids of what an operation makes are chosen by who asks, so that a request that is repeated makes nothing twice.
 */
export type OperationInputs = {
  readonly 'host.register': { readonly name: string };
  readonly 'host.drain': { readonly name: string };
  readonly 'image.import': { readonly source: ImageSource };
  readonly 'image.prove': {
    readonly digest: Digest;
    /** Null: placement chooses. */
    readonly host: string | null;
    readonly machine: MachineSpec;
    readonly network: NetworkSpec;
    readonly health: HealthSpec;
  };
  readonly 'image.delete': { readonly digest: Digest };
  readonly 'instance.create': {
    readonly instanceId: string;
    readonly service: string;
    readonly iteration: number;
    readonly host: string | null;
  };
  readonly 'instance.discontinue': { readonly instanceId: string };
  readonly 'instance.replace': {
    readonly instanceId: string;
    /** Id of the machine that takes its place: same service, same iteration. */
    readonly replacementId: string;
    readonly host: string | null;
  };
  readonly 'instance.migrate': {
    readonly instanceId: string;
    /** Null: the best one that is not where it is. */
    readonly host: string | null;
    readonly bandwidthMiBps?: number;
    readonly downtimeMs?: number;
  };
  readonly 'instance.snapshot': {
    readonly snapshotId: string;
    readonly instanceId: string;
    readonly name: string;
    readonly withMemory: boolean;
    /** Whether the guest agent freezes the file systems while the disks are cut. */
    readonly quiesce: boolean;
  };
  readonly 'snapshot.restore': {
    readonly snapshotId: string;
    /** Id of the new machine. */
    readonly instanceId: string;
  };
  readonly 'snapshot.delete': { readonly snapshotId: string };
  readonly 'service.rollout': {
    readonly service: string;
    readonly rollout: number;
    readonly fromIteration: number | null;
    readonly toIteration: number;
    readonly trigger: string;
  };
  readonly 'service.delete': { readonly service: string };
  readonly 'instance.park': { readonly instanceId: string };
  readonly 'instance.resume': { readonly instanceId: string };
};

/** Every kind has an input, and nothing else has one: the compiler says which is missing. */
export type InputOf<Kind extends OperationKind> = OperationInputs[Kind];
