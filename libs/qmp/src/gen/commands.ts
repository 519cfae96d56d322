// Made by `npm run qmp:generate` from the schema of QEMU 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3). Do not edit.
import type { JsonValue } from '../json.js';
import type {
  AnnounceParameters,
  BalloonArguments,
  BalloonInfo,
  BlockCommitArguments,
  BlockDeviceInfo,
  BlockDirtyBitmap,
  BlockDirtyBitmapAddArguments,
  BlockDirtyBitmapMergeArguments,
  BlockExportDelArguments,
  BlockExportInfo,
  BlockExportOptions,
  BlockIOThrottle,
  BlockInfo,
  BlockJobCancelArguments,
  BlockJobCompleteArguments,
  BlockJobDismissArguments,
  BlockJobFinalizeArguments,
  BlockJobInfo,
  BlockJobPauseArguments,
  BlockJobResumeArguments,
  BlockJobSetSpeedArguments,
  BlockResizeArguments,
  BlockSetWriteThresholdArguments,
  BlockStats,
  BlockStreamArguments,
  BlockdevBackup,
  BlockdevCloseTrayArguments,
  BlockdevCreateArguments,
  BlockdevDelArguments,
  BlockdevInsertMediumArguments,
  BlockdevMirrorArguments,
  BlockdevOpenTrayArguments,
  BlockdevOptions,
  BlockdevRemoveMediumArguments,
  BlockdevReopenArguments,
  BlockdevSnapshotArguments,
  BlockdevSnapshotSyncArguments,
  CalcDirtyRateArguments,
  CancelVcpuDirtyLimitArguments,
  ChangeBackingFileArguments,
  ChardevInfo,
  CommandInfo,
  CpuDefinitionInfo,
  CpuInfoFast,
  CpuModelExpansionInfo,
  CurrentMachineParams,
  DeviceDelArguments,
  DirtyLimitInfo,
  DirtyRateInfo,
  EjectArguments,
  GuidInfo,
  HumanMonitorCommandArguments,
  IOThreadInfo,
  JobCancelArguments,
  JobCompleteArguments,
  JobDismissArguments,
  JobFinalizeArguments,
  JobInfo,
  JobPauseArguments,
  JobResumeArguments,
  KvmInfo,
  MachineInfo,
  Memdev,
  MemoryDeviceInfo,
  MemoryInfo,
  MigrateArguments,
  MigrateContinueArguments,
  MigrateIncomingArguments,
  MigrateRecoverArguments,
  MigrateSetCapabilitiesArguments,
  MigrateSetParameters,
  MigrationCapabilityStatus,
  MigrationInfo,
  MigrationParameters,
  NameInfo,
  NbdServerAddOptions,
  NbdServerRemoveArguments,
  NbdServerStartArguments,
  Nothing,
  ObjectDelArguments,
  ObjectOptions,
  ObjectPropertyInfo,
  QmpCapabilitiesArguments,
  QomGetArguments,
  QomListArguments,
  QomSetArguments,
  QueryBlockstatsArguments,
  QueryCpuModelExpansionArguments,
  QueryNamedBlockNodesArguments,
  QueryRxFilterArguments,
  QueryStatsSchemasArguments,
  RxFilterInfo,
  SchemaInfo,
  SetActionArguments,
  SetLinkArguments,
  SetVcpuDirtyLimitArguments,
  SnapshotDeleteArguments,
  SnapshotLoadArguments,
  SnapshotSaveArguments,
  StatsFilter,
  StatsResult,
  StatsSchema,
  StatusInfo,
  TargetInfo,
  TransactionArguments,
  UuidInfo,
  VersionInfo,
  YankArguments,
  YankInstance,
} from './types.js';

/** Commands of QMP, their arguments and results. */
export type QmpCommands = {
  readonly qmp_capabilities: {
    readonly arguments: QmpCapabilitiesArguments;
    readonly result: Nothing;
  };
  readonly 'query-version': {
    readonly arguments: Nothing;
    readonly result: VersionInfo;
  };
  readonly 'query-commands': {
    readonly arguments: Nothing;
    readonly result: readonly CommandInfo[];
  };
  readonly 'query-qmp-schema': {
    readonly arguments: Nothing;
    readonly result: readonly SchemaInfo[];
  };
  readonly 'query-name': {
    readonly arguments: Nothing;
    readonly result: NameInfo;
  };
  readonly 'query-uuid': {
    readonly arguments: Nothing;
    readonly result: UuidInfo;
  };
  readonly 'query-kvm': {
    readonly arguments: Nothing;
    readonly result: KvmInfo;
  };
  readonly 'query-target': {
    readonly arguments: Nothing;
    readonly result: TargetInfo;
  };
  readonly 'query-current-machine': {
    readonly arguments: Nothing;
    readonly result: CurrentMachineParams;
  };
  readonly 'query-machines': {
    readonly arguments: Nothing;
    readonly result: readonly MachineInfo[];
  };
  readonly 'human-monitor-command': {
    readonly arguments: HumanMonitorCommandArguments;
    readonly result: string;
  };
  readonly quit: {
    readonly arguments: Nothing;
    readonly result: Nothing;
  };
  readonly 'query-status': {
    readonly arguments: Nothing;
    readonly result: StatusInfo;
  };
  readonly stop: {
    readonly arguments: Nothing;
    readonly result: Nothing;
  };
  readonly cont: {
    readonly arguments: Nothing;
    readonly result: Nothing;
  };
  readonly system_reset: {
    readonly arguments: Nothing;
    readonly result: Nothing;
  };
  readonly system_powerdown: {
    readonly arguments: Nothing;
    readonly result: Nothing;
  };
  readonly system_wakeup: {
    readonly arguments: Nothing;
    readonly result: Nothing;
  };
  readonly 'inject-nmi': {
    readonly arguments: Nothing;
    readonly result: Nothing;
  };
  readonly 'set-action': {
    readonly arguments: SetActionArguments;
    readonly result: Nothing;
  };
  readonly 'query-cpus-fast': {
    readonly arguments: Nothing;
    readonly result: readonly CpuInfoFast[];
  };
  readonly 'query-cpu-definitions': {
    readonly arguments: Nothing;
    readonly result: readonly CpuDefinitionInfo[];
  };
  readonly 'query-cpu-model-expansion': {
    readonly arguments: QueryCpuModelExpansionArguments;
    readonly result: CpuModelExpansionInfo;
  };
  readonly 'query-iothreads': {
    readonly arguments: Nothing;
    readonly result: readonly IOThreadInfo[];
  };
  readonly 'query-memory-size-summary': {
    readonly arguments: Nothing;
    readonly result: MemoryInfo;
  };
  readonly 'query-memory-devices': {
    readonly arguments: Nothing;
    readonly result: readonly MemoryDeviceInfo[];
  };
  readonly 'query-memdev': {
    readonly arguments: Nothing;
    readonly result: readonly Memdev[];
  };
  readonly 'query-balloon': {
    readonly arguments: Nothing;
    readonly result: BalloonInfo;
  };
  readonly balloon: {
    readonly arguments: BalloonArguments;
    readonly result: Nothing;
  };
  readonly 'query-vm-generation-id': {
    readonly arguments: Nothing;
    readonly result: GuidInfo;
  };
  readonly 'query-stats': {
    readonly arguments: StatsFilter;
    readonly result: readonly StatsResult[];
  };
  readonly 'query-stats-schemas': {
    readonly arguments: QueryStatsSchemasArguments;
    readonly result: readonly StatsSchema[];
  };
  readonly device_del: {
    readonly arguments: DeviceDelArguments;
    readonly result: Nothing;
  };
  readonly 'object-add': {
    readonly arguments: ObjectOptions;
    readonly result: Nothing;
  };
  readonly 'object-del': {
    readonly arguments: ObjectDelArguments;
    readonly result: Nothing;
  };
  readonly 'qom-list': {
    readonly arguments: QomListArguments;
    readonly result: readonly ObjectPropertyInfo[];
  };
  readonly 'qom-get': {
    readonly arguments: QomGetArguments;
    readonly result: JsonValue;
  };
  readonly 'qom-set': {
    readonly arguments: QomSetArguments;
    readonly result: Nothing;
  };
  readonly set_link: {
    readonly arguments: SetLinkArguments;
    readonly result: Nothing;
  };
  readonly 'announce-self': {
    readonly arguments: AnnounceParameters;
    readonly result: Nothing;
  };
  readonly 'query-rx-filter': {
    readonly arguments: QueryRxFilterArguments;
    readonly result: readonly RxFilterInfo[];
  };
  readonly 'query-chardev': {
    readonly arguments: Nothing;
    readonly result: readonly ChardevInfo[];
  };
  readonly migrate: {
    readonly arguments: MigrateArguments;
    readonly result: Nothing;
  };
  readonly 'migrate-incoming': {
    readonly arguments: MigrateIncomingArguments;
    readonly result: Nothing;
  };
  readonly migrate_cancel: {
    readonly arguments: Nothing;
    readonly result: Nothing;
  };
  readonly 'migrate-continue': {
    readonly arguments: MigrateContinueArguments;
    readonly result: Nothing;
  };
  /** May run out of band. */
  readonly 'migrate-pause': {
    readonly arguments: Nothing;
    readonly result: Nothing;
  };
  /** May run out of band. */
  readonly 'migrate-recover': {
    readonly arguments: MigrateRecoverArguments;
    readonly result: Nothing;
  };
  readonly 'migrate-start-postcopy': {
    readonly arguments: Nothing;
    readonly result: Nothing;
  };
  readonly 'migrate-set-capabilities': {
    readonly arguments: MigrateSetCapabilitiesArguments;
    readonly result: Nothing;
  };
  readonly 'query-migrate-capabilities': {
    readonly arguments: Nothing;
    readonly result: readonly MigrationCapabilityStatus[];
  };
  readonly 'migrate-set-parameters': {
    readonly arguments: MigrateSetParameters;
    readonly result: Nothing;
  };
  readonly 'query-migrate-parameters': {
    readonly arguments: Nothing;
    readonly result: MigrationParameters;
  };
  readonly 'query-migrate': {
    readonly arguments: Nothing;
    readonly result: MigrationInfo;
  };
  readonly 'calc-dirty-rate': {
    readonly arguments: CalcDirtyRateArguments;
    readonly result: Nothing;
  };
  readonly 'query-dirty-rate': {
    readonly arguments: Nothing;
    readonly result: DirtyRateInfo;
  };
  readonly 'set-vcpu-dirty-limit': {
    readonly arguments: SetVcpuDirtyLimitArguments;
    readonly result: Nothing;
  };
  readonly 'cancel-vcpu-dirty-limit': {
    readonly arguments: CancelVcpuDirtyLimitArguments;
    readonly result: Nothing;
  };
  readonly 'query-vcpu-dirty-limit': {
    readonly arguments: Nothing;
    readonly result: readonly DirtyLimitInfo[];
  };
  /** May run out of band. */
  readonly yank: {
    readonly arguments: YankArguments;
    readonly result: Nothing;
  };
  /** May run out of band. */
  readonly 'query-yank': {
    readonly arguments: Nothing;
    readonly result: readonly YankInstance[];
  };
  readonly 'query-block': {
    readonly arguments: Nothing;
    readonly result: readonly BlockInfo[];
  };
  readonly 'query-blockstats': {
    readonly arguments: QueryBlockstatsArguments;
    readonly result: readonly BlockStats[];
  };
  readonly 'query-named-block-nodes': {
    readonly arguments: QueryNamedBlockNodesArguments;
    readonly result: readonly BlockDeviceInfo[];
  };
  readonly 'blockdev-add': {
    readonly arguments: BlockdevOptions;
    readonly result: Nothing;
  };
  readonly 'blockdev-reopen': {
    readonly arguments: BlockdevReopenArguments;
    readonly result: Nothing;
  };
  readonly 'blockdev-del': {
    readonly arguments: BlockdevDelArguments;
    readonly result: Nothing;
  };
  readonly 'blockdev-create': {
    readonly arguments: BlockdevCreateArguments;
    readonly result: Nothing;
  };
  readonly 'blockdev-open-tray': {
    readonly arguments: BlockdevOpenTrayArguments;
    readonly result: Nothing;
  };
  readonly 'blockdev-close-tray': {
    readonly arguments: BlockdevCloseTrayArguments;
    readonly result: Nothing;
  };
  readonly 'blockdev-insert-medium': {
    readonly arguments: BlockdevInsertMediumArguments;
    readonly result: Nothing;
  };
  readonly 'blockdev-remove-medium': {
    readonly arguments: BlockdevRemoveMediumArguments;
    readonly result: Nothing;
  };
  readonly eject: {
    readonly arguments: EjectArguments;
    readonly result: Nothing;
  };
  readonly block_resize: {
    readonly arguments: BlockResizeArguments;
    readonly result: Nothing;
  };
  readonly block_set_io_throttle: {
    readonly arguments: BlockIOThrottle;
    readonly result: Nothing;
  };
  readonly 'block-set-write-threshold': {
    readonly arguments: BlockSetWriteThresholdArguments;
    readonly result: Nothing;
  };
  readonly 'change-backing-file': {
    readonly arguments: ChangeBackingFileArguments;
    readonly result: Nothing;
  };
  readonly transaction: {
    readonly arguments: TransactionArguments;
    readonly result: Nothing;
  };
  readonly 'blockdev-snapshot': {
    readonly arguments: BlockdevSnapshotArguments;
    readonly result: Nothing;
  };
  readonly 'blockdev-snapshot-sync': {
    readonly arguments: BlockdevSnapshotSyncArguments;
    readonly result: Nothing;
  };
  readonly 'snapshot-save': {
    readonly arguments: SnapshotSaveArguments;
    readonly result: Nothing;
  };
  readonly 'snapshot-load': {
    readonly arguments: SnapshotLoadArguments;
    readonly result: Nothing;
  };
  readonly 'snapshot-delete': {
    readonly arguments: SnapshotDeleteArguments;
    readonly result: Nothing;
  };
  readonly 'block-dirty-bitmap-add': {
    readonly arguments: BlockDirtyBitmapAddArguments;
    readonly result: Nothing;
  };
  readonly 'block-dirty-bitmap-remove': {
    readonly arguments: BlockDirtyBitmap;
    readonly result: Nothing;
  };
  readonly 'block-dirty-bitmap-clear': {
    readonly arguments: BlockDirtyBitmap;
    readonly result: Nothing;
  };
  readonly 'block-dirty-bitmap-enable': {
    readonly arguments: BlockDirtyBitmap;
    readonly result: Nothing;
  };
  readonly 'block-dirty-bitmap-disable': {
    readonly arguments: BlockDirtyBitmap;
    readonly result: Nothing;
  };
  readonly 'block-dirty-bitmap-merge': {
    readonly arguments: BlockDirtyBitmapMergeArguments;
    readonly result: Nothing;
  };
  readonly 'query-jobs': {
    readonly arguments: Nothing;
    readonly result: readonly JobInfo[];
  };
  readonly 'job-pause': {
    readonly arguments: JobPauseArguments;
    readonly result: Nothing;
  };
  readonly 'job-resume': {
    readonly arguments: JobResumeArguments;
    readonly result: Nothing;
  };
  readonly 'job-cancel': {
    readonly arguments: JobCancelArguments;
    readonly result: Nothing;
  };
  readonly 'job-complete': {
    readonly arguments: JobCompleteArguments;
    readonly result: Nothing;
  };
  readonly 'job-finalize': {
    readonly arguments: JobFinalizeArguments;
    readonly result: Nothing;
  };
  readonly 'job-dismiss': {
    readonly arguments: JobDismissArguments;
    readonly result: Nothing;
  };
  readonly 'query-block-jobs': {
    readonly arguments: Nothing;
    readonly result: readonly BlockJobInfo[];
  };
  readonly 'block-job-set-speed': {
    readonly arguments: BlockJobSetSpeedArguments;
    readonly result: Nothing;
  };
  readonly 'block-job-pause': {
    readonly arguments: BlockJobPauseArguments;
    readonly result: Nothing;
  };
  readonly 'block-job-resume': {
    readonly arguments: BlockJobResumeArguments;
    readonly result: Nothing;
  };
  readonly 'block-job-cancel': {
    readonly arguments: BlockJobCancelArguments;
    readonly result: Nothing;
  };
  readonly 'block-job-complete': {
    readonly arguments: BlockJobCompleteArguments;
    readonly result: Nothing;
  };
  readonly 'block-job-finalize': {
    readonly arguments: BlockJobFinalizeArguments;
    readonly result: Nothing;
  };
  readonly 'block-job-dismiss': {
    readonly arguments: BlockJobDismissArguments;
    readonly result: Nothing;
  };
  readonly 'block-commit': {
    readonly arguments: BlockCommitArguments;
    readonly result: Nothing;
  };
  readonly 'block-stream': {
    readonly arguments: BlockStreamArguments;
    readonly result: Nothing;
  };
  readonly 'blockdev-backup': {
    readonly arguments: BlockdevBackup;
    readonly result: Nothing;
  };
  readonly 'blockdev-mirror': {
    readonly arguments: BlockdevMirrorArguments;
    readonly result: Nothing;
  };
  readonly 'nbd-server-start': {
    readonly arguments: NbdServerStartArguments;
    readonly result: Nothing;
  };
  /** @deprecated */
  readonly 'nbd-server-add': {
    readonly arguments: NbdServerAddOptions;
    readonly result: Nothing;
  };
  /** @deprecated */
  readonly 'nbd-server-remove': {
    readonly arguments: NbdServerRemoveArguments;
    readonly result: Nothing;
  };
  readonly 'nbd-server-stop': {
    readonly arguments: Nothing;
    readonly result: Nothing;
  };
  readonly 'block-export-add': {
    readonly arguments: BlockExportOptions;
    readonly result: Nothing;
  };
  readonly 'block-export-del': {
    readonly arguments: BlockExportDelArguments;
    readonly result: Nothing;
  };
  readonly 'query-block-exports': {
    readonly arguments: Nothing;
    readonly result: readonly BlockExportInfo[];
  };
};
