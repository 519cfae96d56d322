import type {
  CheckpointRef,
  DomainRef,
  Libvirt,
  NetworkRef,
  P,
  PoolRef,
  SnapshotRef,
  VolumeRef,
} from '@diecast/node-libvirt';
import { normal, normalAnswer, type Normal } from '../../../harness/libvirt-python.js';

export type Path = { [G in keyof typeof P]: `${G}.${keyof (typeof P)[G] & string}` }[keyof typeof P];

/** Our client of each driver of one daemon, and its objects by name. */
export class Ours {
  constructor(
    readonly host: Libvirt,
    readonly driver: (name: string) => Libvirt,
    /** A file that both and the daemon call by the same name. */
    readonly file: (name: string) => string,
  ) {}

  dom = async (name: string): Promise<DomainRef> => (await this.host.domain.lookupByName({ name })).dom;
  net = async (name: string): Promise<NetworkRef> => (await this.host.network.lookupByName({ name })).net;
  pool = async (name: string): Promise<PoolRef> => (await this.host.storagePool.lookupByName({ name })).pool;
  vol = async (pool: string, name: string): Promise<VolumeRef> =>
    (await this.host.storageVol.lookupByName({ pool: await this.pool(pool), name })).vol;
  snap = async (domain: string, name: string): Promise<SnapshotRef> =>
    (await this.host.snapshot.lookupByName({ dom: await this.dom(domain), name })).snap;
  check = async (domain: string, name: string): Promise<CheckpointRef> =>
    (await this.host.checkpoint.lookupByName({ dom: await this.dom(domain), name })).checkpoint;
}

export type Step = {
  readonly path: Path;
  readonly ours: (ours: Ours) => Promise<Normal>;
  /** An expression for libvirt's own client. Without one only we do it, and what both read next shows it. */
  readonly theirs?: string;
};

/** Both ask the same. `as` says what libvirt's binding makes of such an answer, where that is not the usual. */
export const both = <R>(
  path: Path,
  ours: (ours: Ours) => Promise<R>,
  theirs: string,
  as?: (answer: R) => unknown,
): Step => ({
  path,
  ours: async (each) => {
    const answer = await ours(each);
    return as === undefined ? normalAnswer(answer) : normal(as(answer));
  },
  theirs,
});

/** We change something; what both read next must show it. */
export const we = (path: Path, ours: (ours: Ours) => Promise<unknown>): Step => ({
  path,
  ours: async (each) => normalAnswer(await ours(each)),
});

/** They change something; what both read next must show it. */
export const they = (path: Path, theirs: string): Step => ({
  path,
  ours: async () => 'done',
  theirs: `done(${theirs})`,
});
