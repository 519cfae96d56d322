// Made by `npm run qmp:generate` from the schema of QEMU 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3). Do not edit.
import type {
  AcpiDeviceOstEvent,
  BalloonChangeEvent,
  BlockExportDeletedEvent,
  BlockImageCorruptedEvent,
  BlockIoErrorEvent,
  BlockJobCancelledEvent,
  BlockJobCompletedEvent,
  BlockJobErrorEvent,
  BlockJobPendingEvent,
  BlockJobReadyEvent,
  BlockWriteThresholdEvent,
  ColoExitEvent,
  DeviceDeletedEvent,
  DeviceTrayMovedEvent,
  DeviceUnplugGuestErrorEvent,
  DumpCompletedEvent,
  FailoverNegotiatedEvent,
  GuestCrashloadedEvent,
  GuestPanickedEvent,
  JobStatusChangeEvent,
  MemUnplugErrorEvent,
  MemoryDeviceSizeChangeEvent,
  MemoryFailureEvent,
  MigrationEvent,
  MigrationPassEvent,
  NetdevStreamConnectedEvent,
  NetdevStreamDisconnectedEvent,
  NicRxFilterChangedEvent,
  Nothing,
  PrManagerStatusChangedEvent,
  QuorumFailureEvent,
  QuorumReportBadEvent,
  RdmaGidStatusChangedEvent,
  ResetEvent,
  RtcChangeEvent,
  ShutdownEvent,
  SpiceConnectedEvent,
  SpiceDisconnectedEvent,
  SpiceInitializedEvent,
  UnplugPrimaryEvent,
  VfuClientHangupEvent,
  VncConnectedEvent,
  VncDisconnectedEvent,
  VncInitializedEvent,
  VserportChangeEvent,
  WatchdogEvent,
} from './types.js';

/** Events of QMP and their data. */
export type QmpEvents = {
  readonly SHUTDOWN: ShutdownEvent;
  readonly POWERDOWN: Nothing;
  readonly RESET: ResetEvent;
  readonly STOP: Nothing;
  readonly RESUME: Nothing;
  readonly SUSPEND: Nothing;
  readonly SUSPEND_DISK: Nothing;
  readonly WAKEUP: Nothing;
  readonly WATCHDOG: WatchdogEvent;
  readonly GUEST_PANICKED: GuestPanickedEvent;
  readonly GUEST_CRASHLOADED: GuestCrashloadedEvent;
  readonly MEMORY_FAILURE: MemoryFailureEvent;
  readonly DEVICE_TRAY_MOVED: DeviceTrayMovedEvent;
  readonly PR_MANAGER_STATUS_CHANGED: PrManagerStatusChangedEvent;
  readonly BLOCK_IMAGE_CORRUPTED: BlockImageCorruptedEvent;
  readonly BLOCK_IO_ERROR: BlockIoErrorEvent;
  readonly BLOCK_JOB_COMPLETED: BlockJobCompletedEvent;
  readonly BLOCK_JOB_CANCELLED: BlockJobCancelledEvent;
  readonly BLOCK_JOB_ERROR: BlockJobErrorEvent;
  readonly BLOCK_JOB_READY: BlockJobReadyEvent;
  readonly BLOCK_JOB_PENDING: BlockJobPendingEvent;
  readonly BLOCK_WRITE_THRESHOLD: BlockWriteThresholdEvent;
  readonly QUORUM_FAILURE: QuorumFailureEvent;
  readonly QUORUM_REPORT_BAD: QuorumReportBadEvent;
  readonly JOB_STATUS_CHANGE: JobStatusChangeEvent;
  readonly BLOCK_EXPORT_DELETED: BlockExportDeletedEvent;
  readonly VSERPORT_CHANGE: VserportChangeEvent;
  readonly DUMP_COMPLETED: DumpCompletedEvent;
  readonly NIC_RX_FILTER_CHANGED: NicRxFilterChangedEvent;
  readonly FAILOVER_NEGOTIATED: FailoverNegotiatedEvent;
  readonly NETDEV_STREAM_CONNECTED: NetdevStreamConnectedEvent;
  readonly NETDEV_STREAM_DISCONNECTED: NetdevStreamDisconnectedEvent;
  readonly RDMA_GID_STATUS_CHANGED: RdmaGidStatusChangedEvent;
  readonly SPICE_CONNECTED: SpiceConnectedEvent;
  readonly SPICE_INITIALIZED: SpiceInitializedEvent;
  readonly SPICE_DISCONNECTED: SpiceDisconnectedEvent;
  readonly SPICE_MIGRATE_COMPLETED: Nothing;
  readonly VNC_CONNECTED: VncConnectedEvent;
  readonly VNC_INITIALIZED: VncInitializedEvent;
  readonly VNC_DISCONNECTED: VncDisconnectedEvent;
  readonly MIGRATION: MigrationEvent;
  readonly MIGRATION_PASS: MigrationPassEvent;
  readonly COLO_EXIT: ColoExitEvent;
  readonly UNPLUG_PRIMARY: UnplugPrimaryEvent;
  readonly DEVICE_DELETED: DeviceDeletedEvent;
  readonly DEVICE_UNPLUG_GUEST_ERROR: DeviceUnplugGuestErrorEvent;
  readonly BALLOON_CHANGE: BalloonChangeEvent;
  readonly MEMORY_DEVICE_SIZE_CHANGE: MemoryDeviceSizeChangeEvent;
  /** @deprecated */
  readonly MEM_UNPLUG_ERROR: MemUnplugErrorEvent;
  readonly RTC_CHANGE: RtcChangeEvent;
  readonly VFU_CLIENT_HANGUP: VfuClientHangupEvent;
  readonly ACPI_DEVICE_OST: AcpiDeviceOstEvent;
};
