import { encodeHeader, MESSAGE_TYPE, PROGRAM, STATUS, type Packet } from '../wire/packet.js';

/** virKeepAlive: a PING after 5 s of silence, closed after 5 of them without a word. */
const PING = 1;
const PONG = 2;
const INTERVAL_MS = 5_000;
const COUNT = 5;
export const SILENCE_MS = INTERVAL_MS * COUNT;

const keepalivePacket = (procedure: number): Buffer =>
  encodeHeader(
    { program: PROGRAM.keepalive, procedure, type: MESSAGE_TYPE.message, serial: 0, status: STATUS.ok },
    0,
  );

/** Answers the daemon's pings, and sends our own while the daemon is silent. */
export class Keepalive {
  private timer: NodeJS.Timeout | undefined;
  private unanswered = 0;
  private heardSomething = false;
  private suspended = false;
  private answering = false;

  constructor(
    /** Calls back when the packet has left, or never will. */
    private readonly send: (packet: Buffer, done?: () => void) => void,
    private readonly onSilence: () => void,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.tick(), INTERVAL_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** While nobody listens. */
  suspend(): void {
    this.suspended = true;
  }

  resume(): void {
    if (!this.suspended) return;
    this.suspended = false;
    this.heard();
  }

  /** Any byte of the daemon shows that it lives. */
  heard(): void {
    this.heardSomething = true;
    this.unanswered = 0;
  }

  /** One answer is under way at a time: whoever pings without reading shall not fill our memory with them. */
  received(packet: Packet): void {
    if (packet.procedure !== PING || this.answering) return;
    this.answering = true;
    this.send(keepalivePacket(PONG), () => {
      this.answering = false;
    });
  }

  private tick(): void {
    if (this.suspended) return;
    if (this.heardSomething) {
      this.heardSomething = false;
      return;
    }
    if (this.unanswered >= COUNT) return this.onSilence();
    this.unanswered += 1;
    this.send(keepalivePacket(PING));
  }
}
