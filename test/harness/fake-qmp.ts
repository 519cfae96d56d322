import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const GREETING = `{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "fake"}, "capabilities": ["oob"]}}\r\n`;

/** What a client has sent: one command. */
export type SeenCommand = {
  readonly execute?: string;
  readonly 'exec-oob'?: string;
  readonly arguments?: object;
  readonly id: number;
};

/** The far side of one connection. It does whatever a test has it do, and nothing by itself. */
export class FakePeer {
  private readonly seen: SeenCommand[] = [];
  private readonly askers: ((command: SeenCommand) => void)[] = [];

  constructor(readonly socket: Socket) {
    socket.on('error', () => undefined);
    const lines = createInterface({ input: socket });
    lines.on('error', () => undefined);
    lines.on('line', (line) => {
      const command = JSON.parse(line) as SeenCommand;
      const asker = this.askers.shift();
      if (asker === undefined) this.seen.push(command);
      else asker(command);
    });
  }

  /** Commands that came and were not taken yet. */
  get waiting(): number {
    return this.seen.length;
  }

  send(bytes: string | Uint8Array): void {
    if (this.socket.writable) this.socket.write(bytes);
  }

  /** One line of JSON, as QEMU ends it. */
  say(message: object): void {
    this.send(`${JSON.stringify(message)}\r\n`);
  }

  nextCommand(): Promise<SeenCommand> {
    const command = this.seen.shift();
    if (command !== undefined) return Promise.resolve(command);
    return new Promise((resolve) => this.askers.push(resolve));
  }

  /** Greets and grants the capabilities, as QEMU does. */
  async greet(): Promise<void> {
    this.send(GREETING);
    const { id } = await this.nextCommand();
    this.say({ return: {}, id });
  }
}

/** A server that speaks bytes on a unix socket, to do what a real QEMU cannot be made to do. */
export class FakeQmp {
  private readonly peers = new Set<Socket>();

  private constructor(
    readonly path: string,
    private readonly folder: string,
    private readonly server: Server,
  ) {
    server.on('connection', (socket) => {
      this.peers.add(socket);
      socket.once('close', () => this.peers.delete(socket));
      this.onConnection(new FakePeer(socket));
    });
  }

  /** Connections that are open. */
  get open(): number {
    return this.peers.size;
  }

  onConnection: (peer: FakePeer) => void = () => undefined;

  static async listen(): Promise<FakeQmp> {
    const folder = await mkdtemp(join(tmpdir(), 'fake-qmp-'));
    const path = join(folder, 'monitor');
    const server = createServer();
    server.listen(path);
    await once(server, 'listening');
    return new FakeQmp(path, folder, server);
  }

  /** The next client. */
  connection(): Promise<FakePeer> {
    return new Promise((resolve) => {
      this.onConnection = resolve;
    });
  }

  async close(): Promise<void> {
    for (const socket of this.peers) socket.destroy();
    this.server.close();
    await rm(this.folder, { recursive: true });
  }
}
