// Made by `npm run qmp:generate` from the schema of QEMU 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3). Do not edit.
import type { JsonValue } from '../json.js';

/** No members at all. */
export type Nothing = Readonly<Record<string, never>>;

export type QmpCapabilitiesArguments = { readonly enable?: readonly QMPCapability[] };

export type VersionInfo = { readonly qemu: VersionTriple; readonly package: string };

export type CommandInfo = { readonly name: string };

export type SchemaInfo = { readonly name: string; readonly features?: readonly string[] } & (
  | ({ readonly 'meta-type': 'builtin' } & SchemaInfoBuiltin)
  | ({ readonly 'meta-type': 'enum' } & SchemaInfoEnum)
  | ({ readonly 'meta-type': 'array' } & SchemaInfoArray)
  | ({ readonly 'meta-type': 'object' } & SchemaInfoObject)
  | ({ readonly 'meta-type': 'alternate' } & SchemaInfoAlternate)
  | ({ readonly 'meta-type': 'command' } & SchemaInfoCommand)
  | ({ readonly 'meta-type': 'event' } & SchemaInfoEvent)
);

export type NameInfo = { readonly name?: string };

export type UuidInfo = { readonly UUID: string };

export type KvmInfo = { readonly enabled: boolean; readonly present: boolean };

export type TargetInfo = { readonly arch: SysEmuTarget };

export type CurrentMachineParams = { readonly 'wakeup-suspend-support': boolean };

export type MachineInfo = {
  readonly name: string;
  readonly alias?: string;
  readonly 'is-default'?: boolean;
  readonly 'cpu-max': number;
  readonly 'hotpluggable-cpus': boolean;
  readonly 'numa-mem-supported': boolean;
  readonly deprecated: boolean;
  readonly 'default-cpu-type'?: string;
  readonly 'default-ram-id'?: string;
};

export type HumanMonitorCommandArguments = { readonly 'command-line': string; readonly 'cpu-index'?: number };

export type StatusInfo = {
  readonly running: boolean;
  readonly singlestep: boolean;
  readonly status: RunState;
};

export type SetActionArguments = {
  readonly reboot?: RebootAction;
  readonly shutdown?: ShutdownAction;
  readonly panic?: PanicAction;
  readonly watchdog?: WatchdogAction;
};

export type CpuInfoFast = {
  readonly 'cpu-index': number;
  readonly 'qom-path': string;
  readonly 'thread-id': number;
  readonly props?: CpuInstanceProperties;
} & (
  | ({ readonly target: 's390x' } & CpuInfoS390)
  | {
      readonly target:
        | 'aarch64'
        | 'alpha'
        | 'arm'
        | 'avr'
        | 'cris'
        | 'hppa'
        | 'i386'
        | 'loongarch64'
        | 'm68k'
        | 'microblaze'
        | 'microblazeel'
        | 'mips'
        | 'mips64'
        | 'mips64el'
        | 'mipsel'
        | 'nios2'
        | 'or1k'
        | 'ppc'
        | 'ppc64'
        | 'riscv32'
        | 'riscv64'
        | 'rx'
        | 'sh4'
        | 'sh4eb'
        | 'sparc'
        | 'sparc64'
        | 'tricore'
        | 'x86_64'
        | 'xtensa'
        | 'xtensaeb';
    }
);

export type CpuDefinitionInfo = {
  readonly name: string;
  readonly 'migration-safe'?: boolean;
  readonly static: boolean;
  readonly 'unavailable-features'?: readonly string[];
  readonly typename: string;
  readonly 'alias-of'?: string;
  readonly deprecated: boolean;
};

export type QueryCpuModelExpansionArguments = {
  readonly type: CpuModelExpansionType;
  readonly model: CpuModelInfo;
};

export type CpuModelExpansionInfo = { readonly model: CpuModelInfo };

export type IOThreadInfo = {
  readonly id: string;
  readonly 'thread-id': number;
  readonly 'poll-max-ns': number;
  readonly 'poll-grow': number;
  readonly 'poll-shrink': number;
  readonly 'aio-max-batch': number;
};

export type MemoryInfo = { readonly 'base-memory': number; readonly 'plugged-memory'?: number };

export type MemoryDeviceInfo =
  | ({ readonly type: 'dimm' | 'nvdimm' } & PCDIMMDeviceInfoWrapper)
  | ({ readonly type: 'virtio-pmem' } & VirtioPMEMDeviceInfoWrapper)
  | ({ readonly type: 'virtio-mem' } & VirtioMEMDeviceInfoWrapper)
  | ({ readonly type: 'sgx-epc' } & SgxEPCDeviceInfoWrapper);

export type Memdev = {
  readonly id?: string;
  readonly size: number;
  readonly merge: boolean;
  readonly dump: boolean;
  readonly prealloc: boolean;
  readonly share: boolean;
  readonly reserve?: boolean;
  readonly 'host-nodes': readonly number[];
  readonly policy: HostMemPolicy;
};

export type BalloonInfo = { readonly actual: number };

export type BalloonArguments = { readonly value: number };

export type GuidInfo = { readonly guid: string };

export type StatsFilter = { readonly providers?: readonly StatsRequest[] } & (
  ({ readonly target: 'vcpu' } & StatsVCPUFilter) | { readonly target: 'vm' }
);

export type StatsResult = {
  readonly provider: StatsProvider;
  readonly 'qom-path'?: string;
  readonly stats: readonly Stats[];
};

export type QueryStatsSchemasArguments = { readonly provider?: StatsProvider };

export type StatsSchema = {
  readonly provider: StatsProvider;
  readonly target: StatsTarget;
  readonly stats: readonly StatsSchemaValue[];
};

export type DeviceDelArguments = { readonly id: string };

export type ObjectOptions = { readonly id: string } & (
  | ({ readonly 'qom-type': 'authz-list' } & AuthZListProperties)
  | ({ readonly 'qom-type': 'authz-listfile' } & AuthZListFileProperties)
  | ({ readonly 'qom-type': 'authz-pam' } & AuthZPAMProperties)
  | ({ readonly 'qom-type': 'authz-simple' } & AuthZSimpleProperties)
  | ({ readonly 'qom-type': 'can-host-socketcan' } & CanHostSocketcanProperties)
  | ({ readonly 'qom-type': 'colo-compare' } & ColoCompareProperties)
  | ({
      readonly 'qom-type': 'cryptodev-backend' | 'cryptodev-backend-builtin' | 'cryptodev-backend-lkcf';
    } & CryptodevBackendProperties)
  | ({ readonly 'qom-type': 'cryptodev-vhost-user' } & CryptodevVhostUserProperties)
  | ({ readonly 'qom-type': 'dbus-vmstate' } & DBusVMStateProperties)
  | ({ readonly 'qom-type': 'filter-buffer' } & FilterBufferProperties)
  | ({ readonly 'qom-type': 'filter-dump' } & FilterDumpProperties)
  | ({ readonly 'qom-type': 'filter-mirror' } & FilterMirrorProperties)
  | ({ readonly 'qom-type': 'filter-redirector' } & FilterRedirectorProperties)
  | ({ readonly 'qom-type': 'filter-replay' } & NetfilterProperties)
  | ({ readonly 'qom-type': 'filter-rewriter' } & FilterRewriterProperties)
  | ({ readonly 'qom-type': 'input-barrier' } & InputBarrierProperties)
  | ({ readonly 'qom-type': 'input-linux' } & InputLinuxProperties)
  | ({ readonly 'qom-type': 'iothread' } & IothreadProperties)
  | ({ readonly 'qom-type': 'main-loop' } & MainLoopProperties)
  | ({ readonly 'qom-type': 'memory-backend-epc' } & MemoryBackendEpcProperties)
  | ({ readonly 'qom-type': 'memory-backend-file' } & MemoryBackendFileProperties)
  | ({ readonly 'qom-type': 'memory-backend-memfd' } & MemoryBackendMemfdProperties)
  | ({ readonly 'qom-type': 'memory-backend-ram' } & MemoryBackendProperties)
  | ({ readonly 'qom-type': 'pr-manager-helper' } & PrManagerHelperProperties)
  | ({ readonly 'qom-type': 'qtest' } & QtestProperties)
  | ({ readonly 'qom-type': 'rng-builtin' } & RngProperties)
  | ({ readonly 'qom-type': 'rng-egd' } & RngEgdProperties)
  | ({ readonly 'qom-type': 'rng-random' } & RngRandomProperties)
  | ({ readonly 'qom-type': 'secret' } & SecretProperties)
  | ({ readonly 'qom-type': 'secret_keyring' } & SecretKeyringProperties)
  | ({ readonly 'qom-type': 'sev-guest' } & SevGuestProperties)
  | ({ readonly 'qom-type': 'thread-context' } & ThreadContextProperties)
  | ({ readonly 'qom-type': 'throttle-group' } & ThrottleGroupProperties)
  | ({ readonly 'qom-type': 'tls-creds-anon' } & TlsCredsAnonProperties)
  | ({ readonly 'qom-type': 'tls-creds-psk' } & TlsCredsPskProperties)
  | ({ readonly 'qom-type': 'tls-creds-x509' } & TlsCredsX509Properties)
  | ({ readonly 'qom-type': 'tls-cipher-suites' } & TlsCredsProperties)
  | ({ readonly 'qom-type': 'x-remote-object' } & RemoteObjectProperties)
  | ({ readonly 'qom-type': 'x-vfio-user-server' } & VfioUserServerProperties)
  | { readonly 'qom-type': 'can-bus' | 'pef-guest' | 's390-pv-guest' }
);

export type ObjectDelArguments = { readonly id: string };

export type QomListArguments = { readonly path: string };

export type ObjectPropertyInfo = {
  readonly name: string;
  readonly type: string;
  readonly description?: string;
  readonly 'default-value'?: JsonValue;
};

export type QomGetArguments = { readonly path: string; readonly property: string };

export type QomSetArguments = { readonly path: string; readonly property: string; readonly value: JsonValue };

export type SetLinkArguments = { readonly name: string; readonly up: boolean };

export type AnnounceParameters = {
  readonly initial: number;
  readonly max: number;
  readonly rounds: number;
  readonly step: number;
  readonly interfaces?: readonly string[];
  readonly id?: string;
};

export type QueryRxFilterArguments = { readonly name?: string };

export type RxFilterInfo = {
  readonly name: string;
  readonly promiscuous: boolean;
  readonly multicast: RxState;
  readonly unicast: RxState;
  readonly vlan: RxState;
  readonly 'broadcast-allowed': boolean;
  readonly 'multicast-overflow': boolean;
  readonly 'unicast-overflow': boolean;
  readonly 'main-mac': string;
  readonly 'vlan-table': readonly number[];
  readonly 'unicast-table': readonly string[];
  readonly 'multicast-table': readonly string[];
};

export type ChardevInfo = {
  readonly label: string;
  readonly filename: string;
  readonly 'frontend-open': boolean;
};

export type MigrateArguments = {
  readonly uri: string;
  readonly blk?: boolean;
  readonly inc?: boolean;
  readonly detach?: boolean;
  readonly resume?: boolean;
};

export type MigrateIncomingArguments = { readonly uri: string };

export type MigrateContinueArguments = { readonly state: MigrationStatus };

export type MigrateRecoverArguments = { readonly uri: string };

export type MigrateSetCapabilitiesArguments = { readonly capabilities: readonly MigrationCapabilityStatus[] };

export type MigrationCapabilityStatus = { readonly capability: MigrationCapability; readonly state: boolean };

export type MigrateSetParameters = {
  readonly 'announce-initial'?: number;
  readonly 'announce-max'?: number;
  readonly 'announce-rounds'?: number;
  readonly 'announce-step'?: number;
  readonly 'compress-level'?: number;
  readonly 'compress-threads'?: number;
  readonly 'compress-wait-thread'?: boolean;
  readonly 'decompress-threads'?: number;
  readonly 'throttle-trigger-threshold'?: number;
  readonly 'cpu-throttle-initial'?: number;
  readonly 'cpu-throttle-increment'?: number;
  readonly 'cpu-throttle-tailslow'?: boolean;
  readonly 'tls-creds'?: StrOrNull;
  readonly 'tls-hostname'?: StrOrNull;
  readonly 'tls-authz'?: StrOrNull;
  readonly 'max-bandwidth'?: number;
  readonly 'downtime-limit'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-checkpoint-delay'?: number;
  readonly 'block-incremental'?: boolean;
  readonly 'multifd-channels'?: number;
  readonly 'xbzrle-cache-size'?: number;
  readonly 'max-postcopy-bandwidth'?: number;
  readonly 'max-cpu-throttle'?: number;
  readonly 'multifd-compression'?: MultiFDCompression;
  readonly 'multifd-zlib-level'?: number;
  readonly 'multifd-zstd-level'?: number;
  readonly 'block-bitmap-mapping'?: readonly BitmapMigrationNodeAlias[];
};

export type MigrationParameters = {
  readonly 'announce-initial'?: number;
  readonly 'announce-max'?: number;
  readonly 'announce-rounds'?: number;
  readonly 'announce-step'?: number;
  readonly 'compress-level'?: number;
  readonly 'compress-threads'?: number;
  readonly 'compress-wait-thread'?: boolean;
  readonly 'decompress-threads'?: number;
  readonly 'throttle-trigger-threshold'?: number;
  readonly 'cpu-throttle-initial'?: number;
  readonly 'cpu-throttle-increment'?: number;
  readonly 'cpu-throttle-tailslow'?: boolean;
  readonly 'tls-creds'?: string;
  readonly 'tls-hostname'?: string;
  readonly 'tls-authz'?: string;
  readonly 'max-bandwidth'?: number;
  readonly 'downtime-limit'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-checkpoint-delay'?: number;
  readonly 'block-incremental'?: boolean;
  readonly 'multifd-channels'?: number;
  readonly 'xbzrle-cache-size'?: number;
  readonly 'max-postcopy-bandwidth'?: number;
  readonly 'max-cpu-throttle'?: number;
  readonly 'multifd-compression'?: MultiFDCompression;
  readonly 'multifd-zlib-level'?: number;
  readonly 'multifd-zstd-level'?: number;
  readonly 'block-bitmap-mapping'?: readonly BitmapMigrationNodeAlias[];
};

export type MigrationInfo = {
  readonly status?: MigrationStatus;
  readonly ram?: MigrationStats;
  readonly disk?: MigrationStats;
  readonly vfio?: VfioStats;
  readonly 'xbzrle-cache'?: XBZRLECacheStats;
  readonly 'total-time'?: number;
  readonly 'expected-downtime'?: number;
  readonly downtime?: number;
  readonly 'setup-time'?: number;
  readonly 'cpu-throttle-percentage'?: number;
  readonly 'error-desc'?: string;
  readonly 'blocked-reasons'?: readonly string[];
  readonly 'postcopy-blocktime'?: number;
  readonly 'postcopy-vcpu-blocktime'?: readonly number[];
  readonly compression?: CompressionStats;
  readonly 'socket-address'?: readonly SocketAddress[];
};

export type CalcDirtyRateArguments = {
  readonly 'calc-time': number;
  readonly 'sample-pages'?: number;
  readonly mode?: DirtyRateMeasureMode;
};

export type DirtyRateInfo = {
  readonly 'dirty-rate'?: number;
  readonly status: DirtyRateStatus;
  readonly 'start-time': number;
  readonly 'calc-time': number;
  readonly 'sample-pages': number;
  readonly mode: DirtyRateMeasureMode;
  readonly 'vcpu-dirty-rate'?: readonly DirtyRateVcpu[];
};

export type SetVcpuDirtyLimitArguments = { readonly 'cpu-index'?: number; readonly 'dirty-rate': number };

export type CancelVcpuDirtyLimitArguments = { readonly 'cpu-index'?: number };

export type DirtyLimitInfo = {
  readonly 'cpu-index': number;
  readonly 'limit-rate': number;
  readonly 'current-rate': number;
};

export type YankArguments = { readonly instances: readonly YankInstance[] };

export type YankInstance =
  | ({ readonly type: 'block-node' } & YankInstanceBlockNode)
  | ({ readonly type: 'chardev' } & YankInstanceChardev)
  | { readonly type: 'migration' };

export type BlockInfo = {
  readonly device: string;
  readonly qdev?: string;
  readonly type: string;
  readonly removable: boolean;
  readonly locked: boolean;
  readonly inserted?: BlockDeviceInfo;
  readonly tray_open?: boolean;
  readonly 'io-status'?: BlockDeviceIoStatus;
};

export type QueryBlockstatsArguments = { readonly 'query-nodes'?: boolean };

export type BlockStats = {
  readonly device?: string;
  readonly qdev?: string;
  readonly 'node-name'?: string;
  readonly stats: BlockDeviceStats;
  readonly 'driver-specific'?: BlockStatsSpecific;
  readonly parent?: BlockStats;
  readonly backing?: BlockStats;
};

export type QueryNamedBlockNodesArguments = { readonly flat?: boolean };

export type BlockDeviceInfo = {
  readonly file: string;
  readonly 'node-name'?: string;
  readonly ro: boolean;
  readonly drv: string;
  readonly backing_file?: string;
  readonly backing_file_depth: number;
  readonly encrypted: boolean;
  readonly detect_zeroes: BlockdevDetectZeroesOptions;
  readonly bps: number;
  readonly bps_rd: number;
  readonly bps_wr: number;
  readonly iops: number;
  readonly iops_rd: number;
  readonly iops_wr: number;
  readonly image: ImageInfo;
  readonly bps_max?: number;
  readonly bps_rd_max?: number;
  readonly bps_wr_max?: number;
  readonly iops_max?: number;
  readonly iops_rd_max?: number;
  readonly iops_wr_max?: number;
  readonly bps_max_length?: number;
  readonly bps_rd_max_length?: number;
  readonly bps_wr_max_length?: number;
  readonly iops_max_length?: number;
  readonly iops_rd_max_length?: number;
  readonly iops_wr_max_length?: number;
  readonly iops_size?: number;
  readonly group?: string;
  readonly cache: BlockdevCacheInfo;
  readonly write_threshold: number;
  readonly 'dirty-bitmaps'?: readonly BlockDirtyInfo[];
};

export type BlockdevOptions = {
  readonly 'node-name'?: string;
  readonly discard?: BlockdevDiscardOptions;
  readonly cache?: BlockdevCacheOptions;
  readonly 'read-only'?: boolean;
  readonly 'auto-read-only'?: boolean;
  readonly 'force-share'?: boolean;
  readonly 'detect-zeroes'?: BlockdevDetectZeroesOptions;
} & (
  | ({ readonly driver: 'blkdebug' } & BlockdevOptionsBlkdebug)
  | ({ readonly driver: 'blklogwrites' } & BlockdevOptionsBlklogwrites)
  | ({ readonly driver: 'blkverify' } & BlockdevOptionsBlkverify)
  | ({ readonly driver: 'blkreplay' } & BlockdevOptionsBlkreplay)
  | ({
      readonly driver:
        'bochs' | 'cloop' | 'compress' | 'dmg' | 'parallels' | 'snapshot-access' | 'vdi' | 'vhdx' | 'vpc';
    } & BlockdevOptionsGenericFormat)
  | ({ readonly driver: 'copy-before-write' } & BlockdevOptionsCbw)
  | ({ readonly driver: 'copy-on-read' } & BlockdevOptionsCor)
  | ({ readonly driver: 'file' | 'host_cdrom' | 'host_device' } & BlockdevOptionsFile)
  | ({ readonly driver: 'ftp' } & BlockdevOptionsCurlFtp)
  | ({ readonly driver: 'ftps' } & BlockdevOptionsCurlFtps)
  | ({ readonly driver: 'gluster' } & BlockdevOptionsGluster)
  | ({ readonly driver: 'http' } & BlockdevOptionsCurlHttp)
  | ({ readonly driver: 'https' } & BlockdevOptionsCurlHttps)
  | ({ readonly driver: 'iscsi' } & BlockdevOptionsIscsi)
  | ({ readonly driver: 'luks' } & BlockdevOptionsLUKS)
  | ({ readonly driver: 'nbd' } & BlockdevOptionsNbd)
  | ({ readonly driver: 'nfs' } & BlockdevOptionsNfs)
  | ({ readonly driver: 'null-aio' | 'null-co' } & BlockdevOptionsNull)
  | ({ readonly driver: 'nvme' } & BlockdevOptionsNVMe)
  | ({ readonly driver: 'preallocate' } & BlockdevOptionsPreallocate)
  | ({ readonly driver: 'qcow2' } & BlockdevOptionsQcow2)
  | ({ readonly driver: 'qcow' } & BlockdevOptionsQcow)
  | ({ readonly driver: 'qed' | 'vmdk' } & BlockdevOptionsGenericCOWFormat)
  | ({ readonly driver: 'quorum' } & BlockdevOptionsQuorum)
  | ({ readonly driver: 'raw' } & BlockdevOptionsRaw)
  | ({ readonly driver: 'rbd' } & BlockdevOptionsRbd)
  | ({ readonly driver: 'replication' } & BlockdevOptionsReplication)
  | ({ readonly driver: 'ssh' } & BlockdevOptionsSsh)
  | ({ readonly driver: 'throttle' } & BlockdevOptionsThrottle)
  | ({ readonly driver: 'vvfat' } & BlockdevOptionsVVFAT)
);

export type BlockdevReopenArguments = { readonly options: readonly BlockdevOptions[] };

export type BlockdevDelArguments = { readonly 'node-name': string };

export type BlockdevCreateArguments = { readonly 'job-id': string; readonly options: BlockdevCreateOptions };

export type BlockdevOpenTrayArguments = {
  /** @deprecated */
  readonly device?: string;
  readonly id?: string;
  readonly force?: boolean;
};

export type BlockdevCloseTrayArguments = {
  /** @deprecated */
  readonly device?: string;
  readonly id?: string;
};

export type BlockdevInsertMediumArguments = { readonly id: string; readonly 'node-name': string };

export type BlockdevRemoveMediumArguments = { readonly id: string };

export type EjectArguments = {
  /** @deprecated */
  readonly device?: string;
  readonly id?: string;
  readonly force?: boolean;
};

export type BlockResizeArguments = {
  readonly device?: string;
  readonly 'node-name'?: string;
  readonly size: number;
};

export type BlockIOThrottle = {
  /** @deprecated */
  readonly device?: string;
  readonly id?: string;
  readonly bps: number;
  readonly bps_rd: number;
  readonly bps_wr: number;
  readonly iops: number;
  readonly iops_rd: number;
  readonly iops_wr: number;
  readonly bps_max?: number;
  readonly bps_rd_max?: number;
  readonly bps_wr_max?: number;
  readonly iops_max?: number;
  readonly iops_rd_max?: number;
  readonly iops_wr_max?: number;
  readonly bps_max_length?: number;
  readonly bps_rd_max_length?: number;
  readonly bps_wr_max_length?: number;
  readonly iops_max_length?: number;
  readonly iops_rd_max_length?: number;
  readonly iops_wr_max_length?: number;
  readonly iops_size?: number;
  readonly group?: string;
};

export type BlockSetWriteThresholdArguments = {
  readonly 'node-name': string;
  readonly 'write-threshold': number;
};

export type ChangeBackingFileArguments = {
  readonly device: string;
  readonly 'image-node-name': string;
  readonly 'backing-file': string;
};

export type TransactionArguments = {
  readonly actions: readonly TransactionAction[];
  readonly properties?: TransactionProperties;
};

export type BlockdevSnapshotArguments = { readonly node: string; readonly overlay: string };

export type BlockdevSnapshotSyncArguments = {
  readonly device?: string;
  readonly 'node-name'?: string;
  readonly 'snapshot-file': string;
  readonly 'snapshot-node-name'?: string;
  readonly format?: string;
  readonly mode?: NewImageMode;
};

export type SnapshotSaveArguments = {
  readonly 'job-id': string;
  readonly tag: string;
  readonly vmstate: string;
  readonly devices: readonly string[];
};

export type SnapshotLoadArguments = {
  readonly 'job-id': string;
  readonly tag: string;
  readonly vmstate: string;
  readonly devices: readonly string[];
};

export type SnapshotDeleteArguments = {
  readonly 'job-id': string;
  readonly tag: string;
  readonly devices: readonly string[];
};

export type BlockDirtyBitmapAddArguments = {
  readonly node: string;
  readonly name: string;
  readonly granularity?: number;
  readonly persistent?: boolean;
  readonly disabled?: boolean;
};

export type BlockDirtyBitmap = { readonly node: string; readonly name: string };

export type BlockDirtyBitmapMergeArguments = {
  readonly node: string;
  readonly target: string;
  readonly bitmaps: readonly BlockDirtyBitmapOrStr[];
};

export type JobInfo = {
  readonly id: string;
  readonly type: JobType;
  readonly status: JobStatus;
  readonly 'current-progress': number;
  readonly 'total-progress': number;
  readonly error?: string;
};

export type JobPauseArguments = { readonly id: string };

export type JobResumeArguments = { readonly id: string };

export type JobCancelArguments = { readonly id: string };

export type JobCompleteArguments = { readonly id: string };

export type JobFinalizeArguments = { readonly id: string };

export type JobDismissArguments = { readonly id: string };

export type BlockJobInfo = {
  readonly type: string;
  readonly device: string;
  readonly len: number;
  readonly offset: number;
  readonly busy: boolean;
  readonly paused: boolean;
  readonly speed: number;
  readonly 'io-status': BlockDeviceIoStatus;
  readonly ready: boolean;
  readonly status: JobStatus;
  readonly 'auto-finalize': boolean;
  readonly 'auto-dismiss': boolean;
  readonly error?: string;
};

export type BlockJobSetSpeedArguments = { readonly device: string; readonly speed: number };

export type BlockJobPauseArguments = { readonly device: string };

export type BlockJobResumeArguments = { readonly device: string };

export type BlockJobCancelArguments = { readonly device: string; readonly force?: boolean };

export type BlockJobCompleteArguments = { readonly device: string };

export type BlockJobFinalizeArguments = { readonly id: string };

export type BlockJobDismissArguments = { readonly id: string };

export type BlockCommitArguments = {
  readonly 'job-id'?: string;
  readonly device: string;
  readonly 'base-node'?: string;
  /** @deprecated */
  readonly base?: string;
  readonly 'top-node'?: string;
  /** @deprecated */
  readonly top?: string;
  readonly 'backing-file'?: string;
  readonly speed?: number;
  readonly 'on-error'?: BlockdevOnError;
  readonly 'filter-node-name'?: string;
  readonly 'auto-finalize'?: boolean;
  readonly 'auto-dismiss'?: boolean;
};

export type BlockStreamArguments = {
  readonly 'job-id'?: string;
  readonly device: string;
  readonly base?: string;
  readonly 'base-node'?: string;
  readonly 'backing-file'?: string;
  readonly bottom?: string;
  readonly speed?: number;
  readonly 'on-error'?: BlockdevOnError;
  readonly 'filter-node-name'?: string;
  readonly 'auto-finalize'?: boolean;
  readonly 'auto-dismiss'?: boolean;
};

export type BlockdevBackup = {
  readonly 'job-id'?: string;
  readonly device: string;
  readonly sync: MirrorSyncMode;
  readonly speed?: number;
  readonly bitmap?: string;
  readonly 'bitmap-mode'?: BitmapSyncMode;
  readonly compress?: boolean;
  readonly 'on-source-error'?: BlockdevOnError;
  readonly 'on-target-error'?: BlockdevOnError;
  readonly 'auto-finalize'?: boolean;
  readonly 'auto-dismiss'?: boolean;
  readonly 'filter-node-name'?: string;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-perf'?: BackupPerf;
  readonly target: string;
};

export type BlockdevMirrorArguments = {
  readonly 'job-id'?: string;
  readonly device: string;
  readonly target: string;
  readonly replaces?: string;
  readonly sync: MirrorSyncMode;
  readonly speed?: number;
  readonly granularity?: number;
  readonly 'buf-size'?: number;
  readonly 'on-source-error'?: BlockdevOnError;
  readonly 'on-target-error'?: BlockdevOnError;
  readonly 'filter-node-name'?: string;
  readonly 'copy-mode'?: MirrorCopyMode;
  readonly 'auto-finalize'?: boolean;
  readonly 'auto-dismiss'?: boolean;
};

export type NbdServerStartArguments = {
  readonly addr: SocketAddressLegacy;
  readonly 'tls-creds'?: string;
  readonly 'tls-authz'?: string;
  readonly 'max-connections'?: number;
};

export type NbdServerAddOptions = {
  readonly name?: string;
  readonly description?: string;
  readonly device: string;
  readonly writable?: boolean;
  readonly bitmap?: string;
};

export type NbdServerRemoveArguments = { readonly name: string; readonly mode?: BlockExportRemoveMode };

export type BlockExportOptions = {
  readonly id: string;
  readonly 'fixed-iothread'?: boolean;
  readonly iothread?: string;
  readonly 'node-name': string;
  readonly writable?: boolean;
  readonly writethrough?: boolean;
} & (
  | ({ readonly type: 'nbd' } & BlockExportOptionsNbd)
  | ({ readonly type: 'vhost-user-blk' } & BlockExportOptionsVhostUserBlk)
  | ({ readonly type: 'fuse' } & BlockExportOptionsFuse)
  | ({ readonly type: 'vduse-blk' } & BlockExportOptionsVduseBlk)
);

export type BlockExportDelArguments = { readonly id: string; readonly mode?: BlockExportRemoveMode };

export type BlockExportInfo = {
  readonly id: string;
  readonly type: BlockExportType;
  readonly 'node-name': string;
  readonly 'shutting-down': boolean;
};

export type ShutdownEvent = { readonly guest: boolean; readonly reason: ShutdownCause };

export type ResetEvent = { readonly guest: boolean; readonly reason: ShutdownCause };

export type WatchdogEvent = { readonly action: WatchdogAction };

export type GuestPanickedEvent = { readonly action: GuestPanicAction; readonly info?: GuestPanicInformation };

export type GuestCrashloadedEvent = {
  readonly action: GuestPanicAction;
  readonly info?: GuestPanicInformation;
};

export type MemoryFailureEvent = {
  readonly recipient: MemoryFailureRecipient;
  readonly action: MemoryFailureAction;
  readonly flags: MemoryFailureFlags;
};

export type DeviceTrayMovedEvent = {
  readonly device: string;
  readonly id: string;
  readonly 'tray-open': boolean;
};

export type PrManagerStatusChangedEvent = { readonly id: string; readonly connected: boolean };

export type BlockImageCorruptedEvent = {
  readonly device: string;
  readonly 'node-name'?: string;
  readonly msg: string;
  readonly offset?: number;
  readonly size?: number;
  readonly fatal: boolean;
};

export type BlockIoErrorEvent = {
  readonly device: string;
  readonly 'node-name'?: string;
  readonly operation: IoOperationType;
  readonly action: BlockErrorAction;
  readonly nospace?: boolean;
  readonly reason: string;
};

export type BlockJobCompletedEvent = {
  readonly type: JobType;
  readonly device: string;
  readonly len: number;
  readonly offset: number;
  readonly speed: number;
  readonly error?: string;
};

export type BlockJobCancelledEvent = {
  readonly type: JobType;
  readonly device: string;
  readonly len: number;
  readonly offset: number;
  readonly speed: number;
};

export type BlockJobErrorEvent = {
  readonly device: string;
  readonly operation: IoOperationType;
  readonly action: BlockErrorAction;
};

export type BlockJobReadyEvent = {
  readonly type: JobType;
  readonly device: string;
  readonly len: number;
  readonly offset: number;
  readonly speed: number;
};

export type BlockJobPendingEvent = { readonly type: JobType; readonly id: string };

export type BlockWriteThresholdEvent = {
  readonly 'node-name': string;
  readonly 'amount-exceeded': number;
  readonly 'write-threshold': number;
};

export type QuorumFailureEvent = {
  readonly reference: string;
  readonly 'sector-num': number;
  readonly 'sectors-count': number;
};

export type QuorumReportBadEvent = {
  readonly type: QuorumOpType;
  readonly error?: string;
  readonly 'node-name': string;
  readonly 'sector-num': number;
  readonly 'sectors-count': number;
};

export type JobStatusChangeEvent = { readonly id: string; readonly status: JobStatus };

export type BlockExportDeletedEvent = { readonly id: string };

export type VserportChangeEvent = { readonly id: string; readonly open: boolean };

export type DumpCompletedEvent = { readonly result: DumpQueryResult; readonly error?: string };

export type NicRxFilterChangedEvent = { readonly name?: string; readonly path: string };

export type FailoverNegotiatedEvent = { readonly 'device-id': string };

export type NetdevStreamConnectedEvent = { readonly 'netdev-id': string; readonly addr: SocketAddress };

export type NetdevStreamDisconnectedEvent = { readonly 'netdev-id': string };

export type RdmaGidStatusChangedEvent = {
  readonly netdev: string;
  readonly 'gid-status': boolean;
  readonly 'subnet-prefix': number;
  readonly 'interface-id': number;
};

export type SpiceConnectedEvent = { readonly server: SpiceBasicInfo; readonly client: SpiceBasicInfo };

export type SpiceInitializedEvent = { readonly server: SpiceServerInfo; readonly client: SpiceChannel };

export type SpiceDisconnectedEvent = { readonly server: SpiceBasicInfo; readonly client: SpiceBasicInfo };

export type VncConnectedEvent = { readonly server: VncServerInfo; readonly client: VncBasicInfo };

export type VncInitializedEvent = { readonly server: VncServerInfo; readonly client: VncClientInfo };

export type VncDisconnectedEvent = { readonly server: VncServerInfo; readonly client: VncClientInfo };

export type MigrationEvent = { readonly status: MigrationStatus };

export type MigrationPassEvent = { readonly pass: number };

export type ColoExitEvent = { readonly mode: COLOMode; readonly reason: COLOExitReason };

export type UnplugPrimaryEvent = { readonly 'device-id': string };

export type DeviceDeletedEvent = { readonly device?: string; readonly path: string };

export type DeviceUnplugGuestErrorEvent = { readonly device?: string; readonly path: string };

export type BalloonChangeEvent = { readonly actual: number };

export type MemoryDeviceSizeChangeEvent = {
  readonly id?: string;
  readonly size: number;
  readonly 'qom-path': string;
};

export type MemUnplugErrorEvent = { readonly device: string; readonly msg: string };

export type RtcChangeEvent = { readonly offset: number; readonly 'qom-path': string };

export type VfuClientHangupEvent = {
  readonly 'vfu-id': string;
  readonly 'vfu-qom-path': string;
  readonly 'dev-id': string;
  readonly 'dev-qom-path': string;
};

export type AcpiDeviceOstEvent = { readonly info: ACPIOSTInfo };

export type QMPCapability = 'oob';

export type VersionTriple = { readonly major: number; readonly minor: number; readonly micro: number };

export type SchemaMetaType = 'builtin' | 'enum' | 'array' | 'object' | 'alternate' | 'command' | 'event';

export type SchemaInfoBuiltin = { readonly 'json-type': JSONType };

export type SchemaInfoEnum = {
  readonly members: readonly SchemaInfoEnumMember[];
  /** @deprecated */
  readonly values: readonly string[];
};

export type SchemaInfoArray = { readonly 'element-type': string };

export type SchemaInfoObject = {
  readonly members: readonly SchemaInfoObjectMember[];
  readonly tag?: string;
  readonly variants?: readonly SchemaInfoObjectVariant[];
};

export type SchemaInfoAlternate = { readonly members: readonly SchemaInfoAlternateMember[] };

export type SchemaInfoCommand = {
  readonly 'arg-type': string;
  readonly 'ret-type': string;
  readonly 'allow-oob'?: boolean;
};

export type SchemaInfoEvent = { readonly 'arg-type': string };

export type SysEmuTarget =
  | 'aarch64'
  | 'alpha'
  | 'arm'
  | 'avr'
  | 'cris'
  | 'hppa'
  | 'i386'
  | 'loongarch64'
  | 'm68k'
  | 'microblaze'
  | 'microblazeel'
  | 'mips'
  | 'mips64'
  | 'mips64el'
  | 'mipsel'
  | 'nios2'
  | 'or1k'
  | 'ppc'
  | 'ppc64'
  | 'riscv32'
  | 'riscv64'
  | 'rx'
  | 's390x'
  | 'sh4'
  | 'sh4eb'
  | 'sparc'
  | 'sparc64'
  | 'tricore'
  | 'x86_64'
  | 'xtensa'
  | 'xtensaeb';

export type RunState =
  | 'debug'
  | 'inmigrate'
  | 'internal-error'
  | 'io-error'
  | 'paused'
  | 'postmigrate'
  | 'prelaunch'
  | 'finish-migrate'
  | 'restore-vm'
  | 'running'
  | 'save-vm'
  | 'shutdown'
  | 'suspended'
  | 'watchdog'
  | 'guest-panicked'
  | 'colo';

export type RebootAction = 'reset' | 'shutdown';

export type ShutdownAction = 'poweroff' | 'pause';

export type PanicAction = 'pause' | 'shutdown' | 'exit-failure' | 'none';

export type WatchdogAction = 'reset' | 'shutdown' | 'poweroff' | 'pause' | 'debug' | 'none' | 'inject-nmi';

export type CpuInstanceProperties = {
  readonly 'node-id'?: number;
  readonly 'socket-id'?: number;
  readonly 'die-id'?: number;
  readonly 'cluster-id'?: number;
  readonly 'core-id'?: number;
  readonly 'thread-id'?: number;
};

export type CpuInfoS390 = { readonly 'cpu-state': CpuS390State };

export type CpuModelExpansionType = 'static' | 'full';

export type CpuModelInfo = { readonly name: string; readonly props?: JsonValue };

export type MemoryDeviceInfoKind = 'dimm' | 'nvdimm' | 'virtio-pmem' | 'virtio-mem' | 'sgx-epc';

export type PCDIMMDeviceInfoWrapper = { readonly data: PCDIMMDeviceInfo };

export type VirtioPMEMDeviceInfoWrapper = { readonly data: VirtioPMEMDeviceInfo };

export type VirtioMEMDeviceInfoWrapper = { readonly data: VirtioMEMDeviceInfo };

export type SgxEPCDeviceInfoWrapper = { readonly data: SgxEPCDeviceInfo };

export type HostMemPolicy = 'default' | 'preferred' | 'bind' | 'interleave';

export type StatsTarget = 'vm' | 'vcpu';

export type StatsRequest = { readonly provider: StatsProvider; readonly names?: readonly string[] };

export type StatsVCPUFilter = { readonly vcpus?: readonly string[] };

export type StatsProvider = 'kvm';

export type Stats = { readonly name: string; readonly value: StatsValue };

export type StatsSchemaValue = {
  readonly name: string;
  readonly type: StatsType;
  readonly unit?: StatsUnit;
  readonly base?: number;
  readonly exponent: number;
  readonly 'bucket-size'?: number;
};

export type ObjectType =
  | 'authz-list'
  | 'authz-listfile'
  | 'authz-pam'
  | 'authz-simple'
  | 'can-bus'
  | 'can-host-socketcan'
  | 'colo-compare'
  | 'cryptodev-backend'
  | 'cryptodev-backend-builtin'
  | 'cryptodev-backend-lkcf'
  | 'cryptodev-vhost-user'
  | 'dbus-vmstate'
  | 'filter-buffer'
  | 'filter-dump'
  | 'filter-mirror'
  | 'filter-redirector'
  | 'filter-replay'
  | 'filter-rewriter'
  | 'input-barrier'
  | 'input-linux'
  | 'iothread'
  | 'main-loop'
  | 'memory-backend-epc'
  | 'memory-backend-file'
  | 'memory-backend-memfd'
  | 'memory-backend-ram'
  | 'pef-guest'
  | 'pr-manager-helper'
  | 'qtest'
  | 'rng-builtin'
  | 'rng-egd'
  | 'rng-random'
  | 'secret'
  | 'secret_keyring'
  | 'sev-guest'
  | 'thread-context'
  | 's390-pv-guest'
  | 'throttle-group'
  | 'tls-creds-anon'
  | 'tls-creds-psk'
  | 'tls-creds-x509'
  | 'tls-cipher-suites'
  | 'x-remote-object'
  | 'x-vfio-user-server';

export type AuthZListProperties = {
  readonly policy?: QAuthZListPolicy;
  readonly rules?: readonly QAuthZListRule[];
};

export type AuthZListFileProperties = { readonly filename: string; readonly refresh?: boolean };

export type AuthZPAMProperties = { readonly service: string };

export type AuthZSimpleProperties = { readonly identity: string };

export type CanHostSocketcanProperties = { readonly if: string; readonly canbus: string };

export type ColoCompareProperties = {
  readonly primary_in: string;
  readonly secondary_in: string;
  readonly outdev: string;
  readonly iothread: string;
  readonly notify_dev?: string;
  readonly compare_timeout?: number;
  readonly expired_scan_cycle?: number;
  readonly max_queue_size?: number;
  readonly vnet_hdr_support?: boolean;
};

export type CryptodevBackendProperties = { readonly queues?: number };

export type CryptodevVhostUserProperties = { readonly queues?: number; readonly chardev: string };

export type DBusVMStateProperties = { readonly addr: string; readonly 'id-list'?: string };

export type FilterBufferProperties = {
  readonly netdev: string;
  readonly queue?: NetFilterDirection;
  readonly status?: string;
  readonly position?: string;
  readonly insert?: NetfilterInsert;
  readonly interval: number;
};

export type FilterDumpProperties = {
  readonly netdev: string;
  readonly queue?: NetFilterDirection;
  readonly status?: string;
  readonly position?: string;
  readonly insert?: NetfilterInsert;
  readonly file: string;
  readonly maxlen?: number;
};

export type FilterMirrorProperties = {
  readonly netdev: string;
  readonly queue?: NetFilterDirection;
  readonly status?: string;
  readonly position?: string;
  readonly insert?: NetfilterInsert;
  readonly outdev: string;
  readonly vnet_hdr_support?: boolean;
};

export type FilterRedirectorProperties = {
  readonly netdev: string;
  readonly queue?: NetFilterDirection;
  readonly status?: string;
  readonly position?: string;
  readonly insert?: NetfilterInsert;
  readonly indev?: string;
  readonly outdev?: string;
  readonly vnet_hdr_support?: boolean;
};

export type NetfilterProperties = {
  readonly netdev: string;
  readonly queue?: NetFilterDirection;
  readonly status?: string;
  readonly position?: string;
  readonly insert?: NetfilterInsert;
};

export type FilterRewriterProperties = {
  readonly netdev: string;
  readonly queue?: NetFilterDirection;
  readonly status?: string;
  readonly position?: string;
  readonly insert?: NetfilterInsert;
  readonly vnet_hdr_support?: boolean;
};

export type InputBarrierProperties = {
  readonly name: string;
  readonly server?: string;
  readonly port?: string;
  readonly 'x-origin'?: string;
  readonly 'y-origin'?: string;
  readonly width?: string;
  readonly height?: string;
};

export type InputLinuxProperties = {
  readonly evdev: string;
  readonly grab_all?: boolean;
  readonly repeat?: boolean;
  readonly 'grab-toggle'?: GrabToggleKeys;
};

export type IothreadProperties = {
  readonly 'aio-max-batch'?: number;
  readonly 'thread-pool-min'?: number;
  readonly 'thread-pool-max'?: number;
  readonly 'poll-max-ns'?: number;
  readonly 'poll-grow'?: number;
  readonly 'poll-shrink'?: number;
};

export type MainLoopProperties = {
  readonly 'aio-max-batch'?: number;
  readonly 'thread-pool-min'?: number;
  readonly 'thread-pool-max'?: number;
};

export type MemoryBackendEpcProperties = {
  readonly dump?: boolean;
  readonly 'host-nodes'?: readonly number[];
  readonly merge?: boolean;
  readonly policy?: HostMemPolicy;
  readonly prealloc?: boolean;
  readonly 'prealloc-threads'?: number;
  readonly 'prealloc-context'?: string;
  readonly share?: boolean;
  readonly reserve?: boolean;
  readonly size: number;
  readonly 'x-use-canonical-path-for-ramblock-id'?: boolean;
};

export type MemoryBackendFileProperties = {
  readonly dump?: boolean;
  readonly 'host-nodes'?: readonly number[];
  readonly merge?: boolean;
  readonly policy?: HostMemPolicy;
  readonly prealloc?: boolean;
  readonly 'prealloc-threads'?: number;
  readonly 'prealloc-context'?: string;
  readonly share?: boolean;
  readonly reserve?: boolean;
  readonly size: number;
  readonly 'x-use-canonical-path-for-ramblock-id'?: boolean;
  readonly align?: number;
  readonly 'discard-data'?: boolean;
  readonly 'mem-path': string;
  readonly pmem?: boolean;
  readonly readonly?: boolean;
};

export type MemoryBackendMemfdProperties = {
  readonly dump?: boolean;
  readonly 'host-nodes'?: readonly number[];
  readonly merge?: boolean;
  readonly policy?: HostMemPolicy;
  readonly prealloc?: boolean;
  readonly 'prealloc-threads'?: number;
  readonly 'prealloc-context'?: string;
  readonly share?: boolean;
  readonly reserve?: boolean;
  readonly size: number;
  readonly 'x-use-canonical-path-for-ramblock-id'?: boolean;
  readonly hugetlb?: boolean;
  readonly hugetlbsize?: number;
  readonly seal?: boolean;
};

export type MemoryBackendProperties = {
  readonly dump?: boolean;
  readonly 'host-nodes'?: readonly number[];
  readonly merge?: boolean;
  readonly policy?: HostMemPolicy;
  readonly prealloc?: boolean;
  readonly 'prealloc-threads'?: number;
  readonly 'prealloc-context'?: string;
  readonly share?: boolean;
  readonly reserve?: boolean;
  readonly size: number;
  readonly 'x-use-canonical-path-for-ramblock-id'?: boolean;
};

export type PrManagerHelperProperties = { readonly path: string };

export type QtestProperties = { readonly chardev: string; readonly log?: string };

export type RngProperties = {
  /** @deprecated */
  readonly opened?: boolean;
};

export type RngEgdProperties = {
  /** @deprecated */
  readonly opened?: boolean;
  readonly chardev: string;
};

export type RngRandomProperties = {
  /** @deprecated */
  readonly opened?: boolean;
  readonly filename?: string;
};

export type SecretProperties = {
  /** @deprecated */
  readonly loaded?: boolean;
  readonly format?: QCryptoSecretFormat;
  readonly keyid?: string;
  readonly iv?: string;
  readonly data?: string;
  readonly file?: string;
};

export type SecretKeyringProperties = {
  /** @deprecated */
  readonly loaded?: boolean;
  readonly format?: QCryptoSecretFormat;
  readonly keyid?: string;
  readonly iv?: string;
  readonly serial: number;
};

export type SevGuestProperties = {
  readonly 'sev-device'?: string;
  readonly 'dh-cert-file'?: string;
  readonly 'session-file'?: string;
  readonly policy?: number;
  readonly handle?: number;
  readonly cbitpos?: number;
  readonly 'reduced-phys-bits': number;
  readonly 'kernel-hashes'?: boolean;
};

export type ThreadContextProperties = {
  readonly 'cpu-affinity'?: readonly number[];
  readonly 'node-affinity'?: readonly number[];
};

export type ThrottleGroupProperties = {
  readonly limits?: ThrottleLimits;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-iops-total'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-iops-total-max'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-iops-total-max-length'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-iops-read'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-iops-read-max'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-iops-read-max-length'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-iops-write'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-iops-write-max'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-iops-write-max-length'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-bps-total'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-bps-total-max'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-bps-total-max-length'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-bps-read'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-bps-read-max'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-bps-read-max-length'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-bps-write'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-bps-write-max'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-bps-write-max-length'?: number;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-iops-size'?: number;
};

export type TlsCredsAnonProperties = {
  readonly 'verify-peer'?: boolean;
  readonly dir?: string;
  readonly endpoint?: QCryptoTLSCredsEndpoint;
  readonly priority?: string;
  /** @deprecated */
  readonly loaded?: boolean;
};

export type TlsCredsPskProperties = {
  readonly 'verify-peer'?: boolean;
  readonly dir?: string;
  readonly endpoint?: QCryptoTLSCredsEndpoint;
  readonly priority?: string;
  /** @deprecated */
  readonly loaded?: boolean;
  readonly username?: string;
};

export type TlsCredsX509Properties = {
  readonly 'verify-peer'?: boolean;
  readonly dir?: string;
  readonly endpoint?: QCryptoTLSCredsEndpoint;
  readonly priority?: string;
  /** @deprecated */
  readonly loaded?: boolean;
  readonly 'sanity-check'?: boolean;
  readonly passwordid?: string;
};

export type TlsCredsProperties = {
  readonly 'verify-peer'?: boolean;
  readonly dir?: string;
  readonly endpoint?: QCryptoTLSCredsEndpoint;
  readonly priority?: string;
};

export type RemoteObjectProperties = { readonly fd: string; readonly devid: string };

export type VfioUserServerProperties = { readonly socket: SocketAddress; readonly device: string };

export type RxState = 'normal' | 'none' | 'all';

export type MigrationStatus =
  | 'none'
  | 'setup'
  | 'cancelling'
  | 'cancelled'
  | 'active'
  | 'postcopy-active'
  | 'postcopy-paused'
  | 'postcopy-recover'
  | 'completed'
  | 'failed'
  | 'colo'
  | 'pre-switchover'
  | 'device'
  | 'wait-unplug';

export type MigrationCapability =
  | 'xbzrle'
  | 'rdma-pin-all'
  | 'auto-converge'
  | 'zero-blocks'
  | 'compress'
  | 'events'
  | 'postcopy-ram'
  | 'x-colo'
  | 'release-ram'
  | 'block'
  | 'return-path'
  | 'pause-before-switchover'
  | 'multifd'
  | 'dirty-bitmaps'
  | 'postcopy-blocktime'
  | 'late-block-activate'
  | 'x-ignore-shared'
  | 'validate-uuid'
  | 'background-snapshot'
  | 'zero-copy-send'
  | 'postcopy-preempt';

export type StrOrNull = string | null;

export type MultiFDCompression = 'none' | 'zlib' | 'zstd';

export type BitmapMigrationNodeAlias = {
  readonly 'node-name': string;
  readonly alias: string;
  readonly bitmaps: readonly BitmapMigrationBitmapAlias[];
};

export type MigrationStats = {
  readonly transferred: number;
  readonly remaining: number;
  readonly total: number;
  readonly duplicate: number;
  readonly skipped: number;
  readonly normal: number;
  readonly 'normal-bytes': number;
  readonly 'dirty-pages-rate': number;
  readonly mbps: number;
  readonly 'dirty-sync-count': number;
  readonly 'postcopy-requests': number;
  readonly 'page-size': number;
  readonly 'multifd-bytes': number;
  readonly 'pages-per-second': number;
  readonly 'precopy-bytes': number;
  readonly 'downtime-bytes': number;
  readonly 'postcopy-bytes': number;
  readonly 'dirty-sync-missed-zero-copy': number;
};

export type VfioStats = { readonly transferred: number };

export type XBZRLECacheStats = {
  readonly 'cache-size': number;
  readonly bytes: number;
  readonly pages: number;
  readonly 'cache-miss': number;
  readonly 'cache-miss-rate': number;
  readonly 'encoding-rate': number;
  readonly overflow: number;
};

export type CompressionStats = {
  readonly pages: number;
  readonly busy: number;
  readonly 'busy-rate': number;
  readonly 'compressed-size': number;
  readonly 'compression-rate': number;
};

export type SocketAddress =
  | ({ readonly type: 'inet' } & InetSocketAddress)
  | ({ readonly type: 'unix' } & UnixSocketAddress)
  | ({ readonly type: 'vsock' } & VsockSocketAddress)
  | ({ readonly type: 'fd' } & StringObject);

export type DirtyRateMeasureMode = 'page-sampling' | 'dirty-ring' | 'dirty-bitmap';

export type DirtyRateStatus = 'unstarted' | 'measuring' | 'measured';

export type DirtyRateVcpu = { readonly id: number; readonly 'dirty-rate': number };

export type YankInstanceType = 'block-node' | 'chardev' | 'migration';

export type YankInstanceBlockNode = { readonly 'node-name': string };

export type YankInstanceChardev = { readonly id: string };

export type BlockDeviceIoStatus = 'ok' | 'failed' | 'nospace';

export type BlockDeviceStats = {
  readonly rd_bytes: number;
  readonly wr_bytes: number;
  readonly unmap_bytes: number;
  readonly rd_operations: number;
  readonly wr_operations: number;
  readonly flush_operations: number;
  readonly unmap_operations: number;
  readonly rd_total_time_ns: number;
  readonly wr_total_time_ns: number;
  readonly flush_total_time_ns: number;
  readonly unmap_total_time_ns: number;
  readonly wr_highest_offset: number;
  readonly rd_merged: number;
  readonly wr_merged: number;
  readonly unmap_merged: number;
  readonly idle_time_ns?: number;
  readonly failed_rd_operations: number;
  readonly failed_wr_operations: number;
  readonly failed_flush_operations: number;
  readonly failed_unmap_operations: number;
  readonly invalid_rd_operations: number;
  readonly invalid_wr_operations: number;
  readonly invalid_flush_operations: number;
  readonly invalid_unmap_operations: number;
  readonly account_invalid: boolean;
  readonly account_failed: boolean;
  readonly timed_stats: readonly BlockDeviceTimedStats[];
  readonly rd_latency_histogram?: BlockLatencyHistogramInfo;
  readonly wr_latency_histogram?: BlockLatencyHistogramInfo;
  readonly flush_latency_histogram?: BlockLatencyHistogramInfo;
};

export type BlockStatsSpecific =
  | ({ readonly driver: 'file' | 'host_device' } & BlockStatsSpecificFile)
  | ({ readonly driver: 'nvme' } & BlockStatsSpecificNvme)
  | {
      readonly driver:
        | 'blkdebug'
        | 'blklogwrites'
        | 'blkreplay'
        | 'blkverify'
        | 'bochs'
        | 'cloop'
        | 'compress'
        | 'copy-before-write'
        | 'copy-on-read'
        | 'dmg'
        | 'snapshot-access'
        | 'ftp'
        | 'ftps'
        | 'gluster'
        | 'host_cdrom'
        | 'http'
        | 'https'
        | 'iscsi'
        | 'luks'
        | 'nbd'
        | 'nfs'
        | 'null-aio'
        | 'null-co'
        | 'parallels'
        | 'preallocate'
        | 'qcow'
        | 'qcow2'
        | 'qed'
        | 'quorum'
        | 'raw'
        | 'rbd'
        | 'replication'
        | 'ssh'
        | 'throttle'
        | 'vdi'
        | 'vhdx'
        | 'vmdk'
        | 'vpc'
        | 'vvfat';
    };

export type BlockdevDetectZeroesOptions = 'off' | 'on' | 'unmap';

export type ImageInfo = {
  readonly filename: string;
  readonly format: string;
  readonly 'dirty-flag'?: boolean;
  readonly 'actual-size'?: number;
  readonly 'virtual-size': number;
  readonly 'cluster-size'?: number;
  readonly encrypted?: boolean;
  readonly compressed?: boolean;
  readonly 'backing-filename'?: string;
  readonly 'full-backing-filename'?: string;
  readonly 'backing-filename-format'?: string;
  readonly snapshots?: readonly SnapshotInfo[];
  readonly 'backing-image'?: ImageInfo;
  readonly 'format-specific'?: ImageInfoSpecific;
};

export type BlockdevCacheInfo = {
  readonly writeback: boolean;
  readonly direct: boolean;
  readonly 'no-flush': boolean;
};

export type BlockDirtyInfo = {
  readonly name?: string;
  readonly count: number;
  readonly granularity: number;
  readonly recording: boolean;
  readonly busy: boolean;
  readonly persistent: boolean;
  readonly inconsistent?: boolean;
};

export type BlockdevDriver =
  | 'blkdebug'
  | 'blklogwrites'
  | 'blkreplay'
  | 'blkverify'
  | 'bochs'
  | 'cloop'
  | 'compress'
  | 'copy-before-write'
  | 'copy-on-read'
  | 'dmg'
  | 'file'
  | 'snapshot-access'
  | 'ftp'
  | 'ftps'
  | 'gluster'
  | 'host_cdrom'
  | 'host_device'
  | 'http'
  | 'https'
  | 'iscsi'
  | 'luks'
  | 'nbd'
  | 'nfs'
  | 'null-aio'
  | 'null-co'
  | 'nvme'
  | 'parallels'
  | 'preallocate'
  | 'qcow'
  | 'qcow2'
  | 'qed'
  | 'quorum'
  | 'raw'
  | 'rbd'
  | 'replication'
  | 'ssh'
  | 'throttle'
  | 'vdi'
  | 'vhdx'
  | 'vmdk'
  | 'vpc'
  | 'vvfat';

export type BlockdevDiscardOptions = 'ignore' | 'unmap';

export type BlockdevCacheOptions = { readonly direct?: boolean; readonly 'no-flush'?: boolean };

export type BlockdevOptionsBlkdebug = {
  readonly image: BlockdevRef;
  readonly config?: string;
  readonly align?: number;
  readonly 'max-transfer'?: number;
  readonly 'opt-write-zero'?: number;
  readonly 'max-write-zero'?: number;
  readonly 'opt-discard'?: number;
  readonly 'max-discard'?: number;
  readonly 'inject-error'?: readonly BlkdebugInjectErrorOptions[];
  readonly 'set-state'?: readonly BlkdebugSetStateOptions[];
  readonly 'take-child-perms'?: readonly BlockPermission[];
  readonly 'unshare-child-perms'?: readonly BlockPermission[];
};

export type BlockdevOptionsBlklogwrites = {
  readonly file: BlockdevRef;
  readonly log: BlockdevRef;
  readonly 'log-sector-size'?: number;
  readonly 'log-append'?: boolean;
  readonly 'log-super-update-interval'?: number;
};

export type BlockdevOptionsBlkverify = { readonly test: BlockdevRef; readonly raw: BlockdevRef };

export type BlockdevOptionsBlkreplay = { readonly image: BlockdevRef };

export type BlockdevOptionsGenericFormat = { readonly file: BlockdevRef };

export type BlockdevOptionsCbw = {
  readonly file: BlockdevRef;
  readonly target: BlockdevRef;
  readonly bitmap?: BlockDirtyBitmap;
  readonly 'on-cbw-error'?: OnCbwError;
  readonly 'cbw-timeout'?: number;
};

export type BlockdevOptionsCor = { readonly file: BlockdevRef; readonly bottom?: string };

export type BlockdevOptionsFile = {
  readonly filename: string;
  readonly 'pr-manager'?: string;
  readonly locking?: OnOffAuto;
  readonly aio?: BlockdevAioOptions;
  readonly 'aio-max-batch'?: number;
  readonly 'drop-cache'?: boolean;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-check-cache-dropped'?: boolean;
};

export type BlockdevOptionsCurlFtp = {
  readonly url: string;
  readonly readahead?: number;
  readonly timeout?: number;
  readonly username?: string;
  readonly 'password-secret'?: string;
  readonly 'proxy-username'?: string;
  readonly 'proxy-password-secret'?: string;
};

export type BlockdevOptionsCurlFtps = {
  readonly url: string;
  readonly readahead?: number;
  readonly timeout?: number;
  readonly username?: string;
  readonly 'password-secret'?: string;
  readonly 'proxy-username'?: string;
  readonly 'proxy-password-secret'?: string;
  readonly sslverify?: boolean;
};

export type BlockdevOptionsGluster = {
  readonly volume: string;
  readonly path: string;
  readonly server: readonly SocketAddress[];
  readonly debug?: number;
  readonly logfile?: string;
};

export type BlockdevOptionsCurlHttp = {
  readonly url: string;
  readonly readahead?: number;
  readonly timeout?: number;
  readonly username?: string;
  readonly 'password-secret'?: string;
  readonly 'proxy-username'?: string;
  readonly 'proxy-password-secret'?: string;
  readonly cookie?: string;
  readonly 'cookie-secret'?: string;
};

export type BlockdevOptionsCurlHttps = {
  readonly url: string;
  readonly readahead?: number;
  readonly timeout?: number;
  readonly username?: string;
  readonly 'password-secret'?: string;
  readonly 'proxy-username'?: string;
  readonly 'proxy-password-secret'?: string;
  readonly cookie?: string;
  readonly sslverify?: boolean;
  readonly 'cookie-secret'?: string;
};

export type BlockdevOptionsIscsi = {
  readonly transport: IscsiTransport;
  readonly portal: string;
  readonly target: string;
  readonly lun?: number;
  readonly user?: string;
  readonly 'password-secret'?: string;
  readonly 'initiator-name'?: string;
  readonly 'header-digest'?: IscsiHeaderDigest;
  readonly timeout?: number;
};

export type BlockdevOptionsLUKS = { readonly file: BlockdevRef; readonly 'key-secret'?: string };

export type BlockdevOptionsNbd = {
  readonly server: SocketAddress;
  readonly export?: string;
  readonly 'tls-creds'?: string;
  readonly 'tls-hostname'?: string;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-dirty-bitmap'?: string;
  readonly 'reconnect-delay'?: number;
  readonly 'open-timeout'?: number;
};

export type BlockdevOptionsNfs = {
  readonly server: NFSServer;
  readonly path: string;
  readonly user?: number;
  readonly group?: number;
  readonly 'tcp-syn-count'?: number;
  readonly 'readahead-size'?: number;
  readonly 'page-cache-size'?: number;
  readonly debug?: number;
};

export type BlockdevOptionsNull = {
  readonly size?: number;
  readonly 'latency-ns'?: number;
  readonly 'read-zeroes'?: boolean;
};

export type BlockdevOptionsNVMe = { readonly device: string; readonly namespace: number };

export type BlockdevOptionsPreallocate = {
  readonly file: BlockdevRef;
  readonly 'prealloc-align'?: number;
  readonly 'prealloc-size'?: number;
};

export type BlockdevOptionsQcow2 = {
  readonly file: BlockdevRef;
  readonly backing?: BlockdevRefOrNull;
  readonly 'lazy-refcounts'?: boolean;
  readonly 'pass-discard-request'?: boolean;
  readonly 'pass-discard-snapshot'?: boolean;
  readonly 'pass-discard-other'?: boolean;
  readonly 'overlap-check'?: Qcow2OverlapChecks;
  readonly 'cache-size'?: number;
  readonly 'l2-cache-size'?: number;
  readonly 'l2-cache-entry-size'?: number;
  readonly 'refcount-cache-size'?: number;
  readonly 'cache-clean-interval'?: number;
  readonly encrypt?: BlockdevQcow2Encryption;
  readonly 'data-file'?: BlockdevRef;
};

export type BlockdevOptionsQcow = {
  readonly file: BlockdevRef;
  readonly backing?: BlockdevRefOrNull;
  readonly encrypt?: BlockdevQcowEncryption;
};

export type BlockdevOptionsGenericCOWFormat = {
  readonly file: BlockdevRef;
  readonly backing?: BlockdevRefOrNull;
};

export type BlockdevOptionsQuorum = {
  readonly blkverify?: boolean;
  readonly children: readonly BlockdevRef[];
  readonly 'vote-threshold': number;
  readonly 'rewrite-corrupted'?: boolean;
  readonly 'read-pattern'?: QuorumReadPattern;
};

export type BlockdevOptionsRaw = {
  readonly file: BlockdevRef;
  readonly offset?: number;
  readonly size?: number;
};

export type BlockdevOptionsRbd = {
  readonly pool: string;
  readonly namespace?: string;
  readonly image: string;
  readonly conf?: string;
  readonly snapshot?: string;
  readonly encrypt?: RbdEncryptionOptions;
  readonly user?: string;
  readonly 'auth-client-required'?: readonly RbdAuthMode[];
  readonly 'key-secret'?: string;
  readonly server?: readonly InetSocketAddressBase[];
};

export type BlockdevOptionsReplication = {
  readonly file: BlockdevRef;
  readonly mode: ReplicationMode;
  readonly 'top-id'?: string;
};

export type BlockdevOptionsSsh = {
  readonly server: InetSocketAddress;
  readonly path: string;
  readonly user?: string;
  readonly 'host-key-check'?: SshHostKeyCheck;
};

export type BlockdevOptionsThrottle = { readonly 'throttle-group': string; readonly file: BlockdevRef };

export type BlockdevOptionsVVFAT = {
  readonly dir: string;
  readonly 'fat-type'?: number;
  readonly floppy?: boolean;
  readonly label?: string;
  readonly rw?: boolean;
};

export type BlockdevCreateOptions =
  | ({ readonly driver: 'file' } & BlockdevCreateOptionsFile)
  | ({ readonly driver: 'gluster' } & BlockdevCreateOptionsGluster)
  | ({ readonly driver: 'luks' } & BlockdevCreateOptionsLUKS)
  | ({ readonly driver: 'nfs' } & BlockdevCreateOptionsNfs)
  | ({ readonly driver: 'parallels' } & BlockdevCreateOptionsParallels)
  | ({ readonly driver: 'qcow' } & BlockdevCreateOptionsQcow)
  | ({ readonly driver: 'qcow2' } & BlockdevCreateOptionsQcow2)
  | ({ readonly driver: 'qed' } & BlockdevCreateOptionsQed)
  | ({ readonly driver: 'rbd' } & BlockdevCreateOptionsRbd)
  | ({ readonly driver: 'ssh' } & BlockdevCreateOptionsSsh)
  | ({ readonly driver: 'vdi' } & BlockdevCreateOptionsVdi)
  | ({ readonly driver: 'vhdx' } & BlockdevCreateOptionsVhdx)
  | ({ readonly driver: 'vmdk' } & BlockdevCreateOptionsVmdk)
  | ({ readonly driver: 'vpc' } & BlockdevCreateOptionsVpc)
  | {
      readonly driver:
        | 'blkdebug'
        | 'blklogwrites'
        | 'blkreplay'
        | 'blkverify'
        | 'bochs'
        | 'cloop'
        | 'compress'
        | 'copy-before-write'
        | 'copy-on-read'
        | 'dmg'
        | 'snapshot-access'
        | 'ftp'
        | 'ftps'
        | 'host_cdrom'
        | 'host_device'
        | 'http'
        | 'https'
        | 'iscsi'
        | 'nbd'
        | 'null-aio'
        | 'null-co'
        | 'nvme'
        | 'preallocate'
        | 'quorum'
        | 'raw'
        | 'replication'
        | 'throttle'
        | 'vvfat';
    };

export type TransactionAction =
  | ({ readonly type: 'abort' } & AbortWrapper)
  | ({ readonly type: 'block-dirty-bitmap-add' } & BlockDirtyBitmapAddWrapper)
  | ({
      readonly type:
        | 'block-dirty-bitmap-remove'
        | 'block-dirty-bitmap-clear'
        | 'block-dirty-bitmap-enable'
        | 'block-dirty-bitmap-disable';
    } & BlockDirtyBitmapWrapper)
  | ({ readonly type: 'block-dirty-bitmap-merge' } & BlockDirtyBitmapMergeWrapper)
  | ({ readonly type: 'blockdev-backup' } & BlockdevBackupWrapper)
  | ({ readonly type: 'blockdev-snapshot' } & BlockdevSnapshotWrapper)
  | ({ readonly type: 'blockdev-snapshot-internal-sync' } & BlockdevSnapshotInternalWrapper)
  | ({ readonly type: 'blockdev-snapshot-sync' } & BlockdevSnapshotSyncWrapper)
  | ({ readonly type: 'drive-backup' } & DriveBackupWrapper);

export type TransactionProperties = { readonly 'completion-mode'?: ActionCompletionMode };

export type NewImageMode = 'existing' | 'absolute-paths';

export type BlockDirtyBitmapOrStr = string | BlockDirtyBitmap;

export type JobType =
  | 'commit'
  | 'stream'
  | 'mirror'
  | 'backup'
  | 'create'
  | 'amend'
  | 'snapshot-load'
  | 'snapshot-save'
  | 'snapshot-delete';

export type JobStatus =
  | 'undefined'
  | 'created'
  | 'running'
  | 'paused'
  | 'ready'
  | 'standby'
  | 'waiting'
  | 'pending'
  | 'aborting'
  | 'concluded'
  | 'null';

export type BlockdevOnError = 'report' | 'ignore' | 'enospc' | 'stop' | 'auto';

export type MirrorSyncMode = 'top' | 'full' | 'none' | 'incremental' | 'bitmap';

export type BitmapSyncMode = 'on-success' | 'never' | 'always';

export type BackupPerf = {
  readonly 'use-copy-range'?: boolean;
  readonly 'max-workers'?: number;
  readonly 'max-chunk'?: number;
};

export type MirrorCopyMode = 'background' | 'write-blocking';

export type SocketAddressLegacy =
  | ({ readonly type: 'inet' } & InetSocketAddressWrapper)
  | ({ readonly type: 'unix' } & UnixSocketAddressWrapper)
  | ({ readonly type: 'vsock' } & VsockSocketAddressWrapper)
  | ({ readonly type: 'fd' } & StringWrapper);

export type BlockExportRemoveMode = 'safe' | 'hard';

export type BlockExportType = 'nbd' | 'vhost-user-blk' | 'fuse' | 'vduse-blk';

export type BlockExportOptionsNbd = {
  readonly name?: string;
  readonly description?: string;
  readonly bitmaps?: readonly BlockDirtyBitmapOrStr[];
  readonly 'allocation-depth'?: boolean;
};

export type BlockExportOptionsVhostUserBlk = {
  readonly addr: SocketAddress;
  readonly 'logical-block-size'?: number;
  readonly 'num-queues'?: number;
};

export type BlockExportOptionsFuse = {
  readonly mountpoint: string;
  readonly growable?: boolean;
  readonly 'allow-other'?: FuseExportAllowOther;
};

export type BlockExportOptionsVduseBlk = {
  readonly name: string;
  readonly 'num-queues'?: number;
  readonly 'queue-size'?: number;
  readonly 'logical-block-size'?: number;
  readonly serial?: string;
};

export type ShutdownCause =
  | 'none'
  | 'host-error'
  | 'host-qmp-quit'
  | 'host-qmp-system-reset'
  | 'host-signal'
  | 'host-ui'
  | 'guest-shutdown'
  | 'guest-reset'
  | 'guest-panic'
  | 'subsystem-reset'
  | 'snapshot-load';

export type GuestPanicAction = 'pause' | 'poweroff' | 'run';

export type GuestPanicInformation =
  | ({ readonly type: 'hyper-v' } & GuestPanicInformationHyperV)
  | ({ readonly type: 's390' } & GuestPanicInformationS390);

export type MemoryFailureRecipient = 'hypervisor' | 'guest';

export type MemoryFailureAction = 'ignore' | 'inject' | 'fatal' | 'reset';

export type MemoryFailureFlags = { readonly 'action-required': boolean; readonly recursive: boolean };

export type IoOperationType = 'read' | 'write';

export type BlockErrorAction = 'ignore' | 'report' | 'stop';

export type QuorumOpType = 'read' | 'write' | 'flush';

export type DumpQueryResult = {
  readonly status: DumpStatus;
  readonly completed: number;
  readonly total: number;
};

export type SpiceBasicInfo = {
  readonly host: string;
  readonly port: string;
  readonly family: NetworkAddressFamily;
};

export type SpiceServerInfo = {
  readonly host: string;
  readonly port: string;
  readonly family: NetworkAddressFamily;
  readonly auth?: string;
};

export type SpiceChannel = {
  readonly host: string;
  readonly port: string;
  readonly family: NetworkAddressFamily;
  readonly 'connection-id': number;
  readonly 'channel-type': number;
  readonly 'channel-id': number;
  readonly tls: boolean;
};

export type VncServerInfo = {
  readonly host: string;
  readonly service: string;
  readonly family: NetworkAddressFamily;
  readonly websocket: boolean;
  readonly auth?: string;
};

export type VncBasicInfo = {
  readonly host: string;
  readonly service: string;
  readonly family: NetworkAddressFamily;
  readonly websocket: boolean;
};

export type VncClientInfo = {
  readonly host: string;
  readonly service: string;
  readonly family: NetworkAddressFamily;
  readonly websocket: boolean;
  readonly x509_dname?: string;
  readonly sasl_username?: string;
};

export type COLOMode = 'none' | 'primary' | 'secondary';

export type COLOExitReason = 'none' | 'request' | 'error' | 'processing';

export type ACPIOSTInfo = {
  readonly device?: string;
  readonly slot: string;
  readonly 'slot-type': ACPISlotType;
  readonly source: number;
  readonly status: number;
};

export type JSONType = 'string' | 'number' | 'int' | 'boolean' | 'null' | 'object' | 'array' | 'value';

export type SchemaInfoEnumMember = { readonly name: string; readonly features?: readonly string[] };

export type SchemaInfoObjectMember = {
  readonly name: string;
  readonly type: string;
  readonly default?: JsonValue;
  readonly features?: readonly string[];
};

export type SchemaInfoObjectVariant = { readonly case: string; readonly type: string };

export type SchemaInfoAlternateMember = { readonly type: string };

export type CpuS390State = 'uninitialized' | 'stopped' | 'check-stop' | 'operating' | 'load';

export type PCDIMMDeviceInfo = {
  readonly id?: string;
  readonly addr: number;
  readonly size: number;
  readonly slot: number;
  readonly node: number;
  readonly memdev: string;
  readonly hotplugged: boolean;
  readonly hotpluggable: boolean;
};

export type VirtioPMEMDeviceInfo = {
  readonly id?: string;
  readonly memaddr: number;
  readonly size: number;
  readonly memdev: string;
};

export type VirtioMEMDeviceInfo = {
  readonly id?: string;
  readonly memaddr: number;
  readonly 'requested-size': number;
  readonly size: number;
  readonly 'max-size': number;
  readonly 'block-size': number;
  readonly node: number;
  readonly memdev: string;
};

export type SgxEPCDeviceInfo = {
  readonly id?: string;
  readonly memaddr: number;
  readonly size: number;
  readonly node: number;
  readonly memdev: string;
};

export type StatsValue = number | boolean | readonly number[];

export type StatsType = 'cumulative' | 'instant' | 'peak' | 'linear-histogram' | 'log2-histogram';

export type StatsUnit = 'bytes' | 'seconds' | 'cycles' | 'boolean';

export type QAuthZListPolicy = 'deny' | 'allow';

export type QAuthZListRule = {
  readonly match: string;
  readonly policy: QAuthZListPolicy;
  readonly format?: QAuthZListFormat;
};

export type NetFilterDirection = 'all' | 'rx' | 'tx';

export type NetfilterInsert = 'before' | 'behind';

export type GrabToggleKeys =
  'ctrl-ctrl' | 'alt-alt' | 'shift-shift' | 'meta-meta' | 'scrolllock' | 'ctrl-scrolllock';

export type QCryptoSecretFormat = 'raw' | 'base64';

export type ThrottleLimits = {
  readonly 'iops-total'?: number;
  readonly 'iops-total-max'?: number;
  readonly 'iops-total-max-length'?: number;
  readonly 'iops-read'?: number;
  readonly 'iops-read-max'?: number;
  readonly 'iops-read-max-length'?: number;
  readonly 'iops-write'?: number;
  readonly 'iops-write-max'?: number;
  readonly 'iops-write-max-length'?: number;
  readonly 'bps-total'?: number;
  readonly 'bps-total-max'?: number;
  readonly 'bps-total-max-length'?: number;
  readonly 'bps-read'?: number;
  readonly 'bps-read-max'?: number;
  readonly 'bps-read-max-length'?: number;
  readonly 'bps-write'?: number;
  readonly 'bps-write-max'?: number;
  readonly 'bps-write-max-length'?: number;
  readonly 'iops-size'?: number;
};

export type QCryptoTLSCredsEndpoint = 'client' | 'server';

export type BitmapMigrationBitmapAlias = {
  readonly name: string;
  readonly alias: string;
  readonly transform?: BitmapMigrationBitmapAliasTransform;
};

export type SocketAddressType = 'inet' | 'unix' | 'vsock' | 'fd';

export type InetSocketAddress = {
  readonly host: string;
  readonly port: string;
  readonly numeric?: boolean;
  readonly to?: number;
  readonly ipv4?: boolean;
  readonly ipv6?: boolean;
  readonly 'keep-alive'?: boolean;
  readonly mptcp?: boolean;
};

export type UnixSocketAddress = {
  readonly path: string;
  readonly abstract?: boolean;
  readonly tight?: boolean;
};

export type VsockSocketAddress = { readonly cid: string; readonly port: string };

export type StringObject = { readonly str: string };

export type BlockDeviceTimedStats = {
  readonly interval_length: number;
  readonly min_rd_latency_ns: number;
  readonly max_rd_latency_ns: number;
  readonly avg_rd_latency_ns: number;
  readonly min_wr_latency_ns: number;
  readonly max_wr_latency_ns: number;
  readonly avg_wr_latency_ns: number;
  readonly min_flush_latency_ns: number;
  readonly max_flush_latency_ns: number;
  readonly avg_flush_latency_ns: number;
  readonly avg_rd_queue_depth: number;
  readonly avg_wr_queue_depth: number;
};

export type BlockLatencyHistogramInfo = {
  readonly boundaries: readonly number[];
  readonly bins: readonly number[];
};

export type BlockStatsSpecificFile = {
  readonly 'discard-nb-ok': number;
  readonly 'discard-nb-failed': number;
  readonly 'discard-bytes-ok': number;
};

export type BlockStatsSpecificNvme = {
  readonly 'completion-errors': number;
  readonly 'aligned-accesses': number;
  readonly 'unaligned-accesses': number;
};

export type SnapshotInfo = {
  readonly id: string;
  readonly name: string;
  readonly 'vm-state-size': number;
  readonly 'date-sec': number;
  readonly 'date-nsec': number;
  readonly 'vm-clock-sec': number;
  readonly 'vm-clock-nsec': number;
  readonly icount?: number;
};

export type ImageInfoSpecific =
  | ({ readonly type: 'qcow2' } & ImageInfoSpecificQCow2Wrapper)
  | ({ readonly type: 'vmdk' } & ImageInfoSpecificVmdkWrapper)
  | ({ readonly type: 'luks' } & ImageInfoSpecificLUKSWrapper)
  | ({ readonly type: 'rbd' } & ImageInfoSpecificRbdWrapper);

export type BlockdevRef = BlockdevOptions | string;

export type BlkdebugInjectErrorOptions = {
  readonly event: BlkdebugEvent;
  readonly state?: number;
  readonly iotype?: BlkdebugIOType;
  readonly errno?: number;
  readonly sector?: number;
  readonly once?: boolean;
  readonly immediately?: boolean;
};

export type BlkdebugSetStateOptions = {
  readonly event: BlkdebugEvent;
  readonly state?: number;
  readonly new_state: number;
};

export type BlockPermission = 'consistent-read' | 'write' | 'write-unchanged' | 'resize';

export type OnCbwError = 'break-guest-write' | 'break-snapshot';

export type OnOffAuto = 'auto' | 'on' | 'off';

export type BlockdevAioOptions = 'threads' | 'native' | 'io_uring';

export type IscsiTransport = 'tcp' | 'iser';

export type IscsiHeaderDigest = 'crc32c' | 'none' | 'crc32c-none' | 'none-crc32c';

export type NFSServer = { readonly type: NFSTransport; readonly host: string };

export type BlockdevRefOrNull = BlockdevOptions | string | null;

export type Qcow2OverlapChecks = Qcow2OverlapCheckFlags | Qcow2OverlapCheckMode;

export type BlockdevQcow2Encryption =
  | ({ readonly format: 'aes' } & QCryptoBlockOptionsQCow)
  | ({ readonly format: 'luks' } & QCryptoBlockOptionsLUKS);

export type BlockdevQcowEncryption = { readonly format: 'aes' } & QCryptoBlockOptionsQCow;

export type QuorumReadPattern = 'quorum' | 'fifo';

export type RbdEncryptionOptions =
  | ({ readonly format: 'luks' } & RbdEncryptionOptionsLUKS)
  | ({ readonly format: 'luks2' } & RbdEncryptionOptionsLUKS2);

export type RbdAuthMode = 'cephx' | 'none';

export type InetSocketAddressBase = { readonly host: string; readonly port: string };

export type ReplicationMode = 'primary' | 'secondary';

export type SshHostKeyCheck =
  ({ readonly mode: 'hash' } & SshHostKeyHash) | { readonly mode: 'none' | 'known_hosts' };

export type BlockdevCreateOptionsFile = {
  readonly filename: string;
  readonly size: number;
  readonly preallocation?: PreallocMode;
  readonly nocow?: boolean;
  readonly 'extent-size-hint'?: number;
};

export type BlockdevCreateOptionsGluster = {
  readonly location: BlockdevOptionsGluster;
  readonly size: number;
  readonly preallocation?: PreallocMode;
};

export type BlockdevCreateOptionsLUKS = {
  readonly 'key-secret'?: string;
  readonly 'cipher-alg'?: QCryptoCipherAlgorithm;
  readonly 'cipher-mode'?: QCryptoCipherMode;
  readonly 'ivgen-alg'?: QCryptoIVGenAlgorithm;
  readonly 'ivgen-hash-alg'?: QCryptoHashAlgorithm;
  readonly 'hash-alg'?: QCryptoHashAlgorithm;
  readonly 'iter-time'?: number;
  readonly file: BlockdevRef;
  readonly size: number;
  readonly preallocation?: PreallocMode;
};

export type BlockdevCreateOptionsNfs = { readonly location: BlockdevOptionsNfs; readonly size: number };

export type BlockdevCreateOptionsParallels = {
  readonly file: BlockdevRef;
  readonly size: number;
  readonly 'cluster-size'?: number;
};

export type BlockdevCreateOptionsQcow = {
  readonly file: BlockdevRef;
  readonly size: number;
  readonly 'backing-file'?: string;
  readonly encrypt?: QCryptoBlockCreateOptions;
};

export type BlockdevCreateOptionsQcow2 = {
  readonly file: BlockdevRef;
  readonly 'data-file'?: BlockdevRef;
  readonly 'data-file-raw'?: boolean;
  readonly 'extended-l2'?: boolean;
  readonly size: number;
  readonly version?: BlockdevQcow2Version;
  readonly 'backing-file'?: string;
  readonly 'backing-fmt'?: BlockdevDriver;
  readonly encrypt?: QCryptoBlockCreateOptions;
  readonly 'cluster-size'?: number;
  readonly preallocation?: PreallocMode;
  readonly 'lazy-refcounts'?: boolean;
  readonly 'refcount-bits'?: number;
  readonly 'compression-type'?: Qcow2CompressionType;
};

export type BlockdevCreateOptionsQed = {
  readonly file: BlockdevRef;
  readonly size: number;
  readonly 'backing-file'?: string;
  readonly 'backing-fmt'?: BlockdevDriver;
  readonly 'cluster-size'?: number;
  readonly 'table-size'?: number;
};

export type BlockdevCreateOptionsRbd = {
  readonly location: BlockdevOptionsRbd;
  readonly size: number;
  readonly 'cluster-size'?: number;
  readonly encrypt?: RbdEncryptionCreateOptions;
};

export type BlockdevCreateOptionsSsh = { readonly location: BlockdevOptionsSsh; readonly size: number };

export type BlockdevCreateOptionsVdi = {
  readonly file: BlockdevRef;
  readonly size: number;
  readonly preallocation?: PreallocMode;
};

export type BlockdevCreateOptionsVhdx = {
  readonly file: BlockdevRef;
  readonly size: number;
  readonly 'log-size'?: number;
  readonly 'block-size'?: number;
  readonly subformat?: BlockdevVhdxSubformat;
  readonly 'block-state-zero'?: boolean;
};

export type BlockdevCreateOptionsVmdk = {
  readonly file: BlockdevRef;
  readonly size: number;
  readonly extents?: readonly BlockdevRef[];
  readonly subformat?: BlockdevVmdkSubformat;
  readonly 'backing-file'?: string;
  readonly 'adapter-type'?: BlockdevVmdkAdapterType;
  readonly hwversion?: string;
  readonly toolsversion?: string;
  readonly 'zeroed-grain'?: boolean;
};

export type BlockdevCreateOptionsVpc = {
  readonly file: BlockdevRef;
  readonly size: number;
  readonly subformat?: BlockdevVpcSubformat;
  readonly 'force-size'?: boolean;
};

export type TransactionActionKind =
  | 'abort'
  | 'block-dirty-bitmap-add'
  | 'block-dirty-bitmap-remove'
  | 'block-dirty-bitmap-clear'
  | 'block-dirty-bitmap-enable'
  | 'block-dirty-bitmap-disable'
  | 'block-dirty-bitmap-merge'
  | 'blockdev-backup'
  | 'blockdev-snapshot'
  | 'blockdev-snapshot-internal-sync'
  | 'blockdev-snapshot-sync'
  | 'drive-backup';

export type AbortWrapper = { readonly data: Nothing };

export type BlockDirtyBitmapAddWrapper = { readonly data: BlockDirtyBitmapAddArguments };

export type BlockDirtyBitmapWrapper = { readonly data: BlockDirtyBitmap };

export type BlockDirtyBitmapMergeWrapper = { readonly data: BlockDirtyBitmapMergeArguments };

export type BlockdevBackupWrapper = { readonly data: BlockdevBackup };

export type BlockdevSnapshotWrapper = { readonly data: BlockdevSnapshotArguments };

export type BlockdevSnapshotInternalWrapper = { readonly data: BlockdevSnapshotInternal };

export type BlockdevSnapshotSyncWrapper = { readonly data: BlockdevSnapshotSyncArguments };

export type DriveBackupWrapper = { readonly data: DriveBackup };

export type ActionCompletionMode = 'individual' | 'grouped';

export type InetSocketAddressWrapper = { readonly data: InetSocketAddress };

export type UnixSocketAddressWrapper = { readonly data: UnixSocketAddress };

export type VsockSocketAddressWrapper = { readonly data: VsockSocketAddress };

export type StringWrapper = { readonly data: StringObject };

export type FuseExportAllowOther = 'off' | 'on' | 'auto';

export type GuestPanicInformationType = 'hyper-v' | 's390';

export type GuestPanicInformationHyperV = {
  readonly arg1: number;
  readonly arg2: number;
  readonly arg3: number;
  readonly arg4: number;
  readonly arg5: number;
};

export type GuestPanicInformationS390 = {
  readonly core: number;
  readonly 'psw-mask': number;
  readonly 'psw-addr': number;
  readonly reason: S390CrashReason;
};

export type DumpStatus = 'none' | 'active' | 'completed' | 'failed';

export type NetworkAddressFamily = 'ipv4' | 'ipv6' | 'unix' | 'vsock' | 'unknown';

export type ACPISlotType = 'DIMM' | 'CPU';

export type QAuthZListFormat = 'exact' | 'glob';

export type BitmapMigrationBitmapAliasTransform = { readonly persistent?: boolean };

export type ImageInfoSpecificKind = 'qcow2' | 'vmdk' | 'luks' | 'rbd';

export type ImageInfoSpecificQCow2Wrapper = { readonly data: ImageInfoSpecificQCow2 };

export type ImageInfoSpecificVmdkWrapper = { readonly data: ImageInfoSpecificVmdk };

export type ImageInfoSpecificLUKSWrapper = { readonly data: QCryptoBlockInfoLUKS };

export type ImageInfoSpecificRbdWrapper = { readonly data: ImageInfoSpecificRbd };

export type BlkdebugEvent =
  | 'l1_update'
  | 'l1_grow_alloc_table'
  | 'l1_grow_write_table'
  | 'l1_grow_activate_table'
  | 'l2_load'
  | 'l2_update'
  | 'l2_update_compressed'
  | 'l2_alloc_cow_read'
  | 'l2_alloc_write'
  | 'read_aio'
  | 'read_backing_aio'
  | 'read_compressed'
  | 'write_aio'
  | 'write_compressed'
  | 'vmstate_load'
  | 'vmstate_save'
  | 'cow_read'
  | 'cow_write'
  | 'reftable_load'
  | 'reftable_grow'
  | 'reftable_update'
  | 'refblock_load'
  | 'refblock_update'
  | 'refblock_update_part'
  | 'refblock_alloc'
  | 'refblock_alloc_hookup'
  | 'refblock_alloc_write'
  | 'refblock_alloc_write_blocks'
  | 'refblock_alloc_write_table'
  | 'refblock_alloc_switch_table'
  | 'cluster_alloc'
  | 'cluster_alloc_bytes'
  | 'cluster_free'
  | 'flush_to_os'
  | 'flush_to_disk'
  | 'pwritev_rmw_head'
  | 'pwritev_rmw_after_head'
  | 'pwritev_rmw_tail'
  | 'pwritev_rmw_after_tail'
  | 'pwritev'
  | 'pwritev_zero'
  | 'pwritev_done'
  | 'empty_image_prepare'
  | 'l1_shrink_write_table'
  | 'l1_shrink_free_l2_clusters'
  | 'cor_write'
  | 'cluster_alloc_space'
  | 'none';

export type BlkdebugIOType = 'read' | 'write' | 'write-zeroes' | 'discard' | 'flush' | 'block-status';

export type NFSTransport = 'inet';

export type Qcow2OverlapCheckFlags = {
  readonly template?: Qcow2OverlapCheckMode;
  readonly 'main-header'?: boolean;
  readonly 'active-l1'?: boolean;
  readonly 'active-l2'?: boolean;
  readonly 'refcount-table'?: boolean;
  readonly 'refcount-block'?: boolean;
  readonly 'snapshot-table'?: boolean;
  readonly 'inactive-l1'?: boolean;
  readonly 'inactive-l2'?: boolean;
  readonly 'bitmap-directory'?: boolean;
};

export type Qcow2OverlapCheckMode = 'none' | 'constant' | 'cached' | 'all';

export type BlockdevQcow2EncryptionFormat = 'aes' | 'luks';

export type QCryptoBlockOptionsQCow = { readonly 'key-secret'?: string };

export type QCryptoBlockOptionsLUKS = { readonly 'key-secret'?: string };

export type BlockdevQcowEncryptionFormat = 'aes';

export type RbdImageEncryptionFormat = 'luks' | 'luks2';

export type RbdEncryptionOptionsLUKS = { readonly 'key-secret': string };

export type RbdEncryptionOptionsLUKS2 = { readonly 'key-secret': string };

export type SshHostKeyCheckMode = 'none' | 'hash' | 'known_hosts';

export type SshHostKeyHash = { readonly type: SshHostKeyCheckHashType; readonly hash: string };

export type PreallocMode = 'off' | 'metadata' | 'falloc' | 'full';

export type QCryptoCipherAlgorithm =
  | 'aes-128'
  | 'aes-192'
  | 'aes-256'
  | 'des'
  | '3des'
  | 'cast5-128'
  | 'serpent-128'
  | 'serpent-192'
  | 'serpent-256'
  | 'twofish-128'
  | 'twofish-192'
  | 'twofish-256';

export type QCryptoCipherMode = 'ecb' | 'cbc' | 'xts' | 'ctr';

export type QCryptoIVGenAlgorithm = 'plain' | 'plain64' | 'essiv';

export type QCryptoHashAlgorithm = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512' | 'ripemd160';

export type QCryptoBlockCreateOptions =
  | ({ readonly format: 'qcow' } & QCryptoBlockOptionsQCow)
  | ({ readonly format: 'luks' } & QCryptoBlockCreateOptionsLUKS);

export type BlockdevQcow2Version = 'v2' | 'v3';

export type Qcow2CompressionType = 'zlib' | 'zstd';

export type RbdEncryptionCreateOptions =
  | ({ readonly format: 'luks' } & RbdEncryptionCreateOptionsLUKS)
  | ({ readonly format: 'luks2' } & RbdEncryptionCreateOptionsLUKS2);

export type BlockdevVhdxSubformat = 'dynamic' | 'fixed';

export type BlockdevVmdkSubformat =
  'monolithicSparse' | 'monolithicFlat' | 'twoGbMaxExtentSparse' | 'twoGbMaxExtentFlat' | 'streamOptimized';

export type BlockdevVmdkAdapterType = 'ide' | 'buslogic' | 'lsilogic' | 'legacyESX';

export type BlockdevVpcSubformat = 'dynamic' | 'fixed';

export type BlockdevSnapshotInternal = { readonly device: string; readonly name: string };

export type DriveBackup = {
  readonly 'job-id'?: string;
  readonly device: string;
  readonly sync: MirrorSyncMode;
  readonly speed?: number;
  readonly bitmap?: string;
  readonly 'bitmap-mode'?: BitmapSyncMode;
  readonly compress?: boolean;
  readonly 'on-source-error'?: BlockdevOnError;
  readonly 'on-target-error'?: BlockdevOnError;
  readonly 'auto-finalize'?: boolean;
  readonly 'auto-dismiss'?: boolean;
  readonly 'filter-node-name'?: string;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-perf'?: BackupPerf;
  readonly target: string;
  readonly format?: string;
  readonly mode?: NewImageMode;
};

export type S390CrashReason = 'unknown' | 'disabled-wait' | 'extint-loop' | 'pgmint-loop' | 'opint-loop';

export type ImageInfoSpecificQCow2 = {
  readonly compat: string;
  readonly 'data-file'?: string;
  readonly 'data-file-raw'?: boolean;
  readonly 'extended-l2'?: boolean;
  readonly 'lazy-refcounts'?: boolean;
  readonly corrupt?: boolean;
  readonly 'refcount-bits': number;
  readonly encrypt?: ImageInfoSpecificQCow2Encryption;
  readonly bitmaps?: readonly Qcow2BitmapInfo[];
  readonly 'compression-type': Qcow2CompressionType;
};

export type ImageInfoSpecificVmdk = {
  readonly 'create-type': string;
  readonly cid: number;
  readonly 'parent-cid': number;
  readonly extents: readonly ImageInfo[];
};

export type QCryptoBlockInfoLUKS = {
  readonly 'cipher-alg': QCryptoCipherAlgorithm;
  readonly 'cipher-mode': QCryptoCipherMode;
  readonly 'ivgen-alg': QCryptoIVGenAlgorithm;
  readonly 'ivgen-hash-alg'?: QCryptoHashAlgorithm;
  readonly 'hash-alg': QCryptoHashAlgorithm;
  readonly 'payload-offset': number;
  readonly 'master-key-iters': number;
  readonly uuid: string;
  readonly slots: readonly QCryptoBlockInfoLUKSSlot[];
};

export type ImageInfoSpecificRbd = { readonly 'encryption-format'?: RbdImageEncryptionFormat };

export type SshHostKeyCheckHashType = 'md5' | 'sha1' | 'sha256';

export type QCryptoBlockFormat = 'qcow' | 'luks';

export type QCryptoBlockCreateOptionsLUKS = {
  readonly 'key-secret'?: string;
  readonly 'cipher-alg'?: QCryptoCipherAlgorithm;
  readonly 'cipher-mode'?: QCryptoCipherMode;
  readonly 'ivgen-alg'?: QCryptoIVGenAlgorithm;
  readonly 'ivgen-hash-alg'?: QCryptoHashAlgorithm;
  readonly 'hash-alg'?: QCryptoHashAlgorithm;
  readonly 'iter-time'?: number;
};

export type RbdEncryptionCreateOptionsLUKS = {
  readonly 'key-secret': string;
  readonly 'cipher-alg'?: QCryptoCipherAlgorithm;
};

export type RbdEncryptionCreateOptionsLUKS2 = {
  readonly 'key-secret': string;
  readonly 'cipher-alg'?: QCryptoCipherAlgorithm;
};

export type ImageInfoSpecificQCow2Encryption =
  ({ readonly format: 'luks' } & QCryptoBlockInfoLUKS) | { readonly format: 'aes' };

export type Qcow2BitmapInfo = {
  readonly name: string;
  readonly granularity: number;
  readonly flags: readonly Qcow2BitmapInfoFlags[];
};

export type QCryptoBlockInfoLUKSSlot = {
  readonly active: boolean;
  readonly iters?: number;
  readonly stripes?: number;
  readonly 'key-offset': number;
};

export type Qcow2BitmapInfoFlags = 'in-use' | 'auto';
