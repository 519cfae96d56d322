import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@diecast/model';
import { LibvirtError, P, type DomainRef } from '@diecast/node-libvirt';
import type { CallOptions, GuestAccess } from '../port.js';
import type { Link } from './link.js';

const PING_SECONDS = 2;
const PING_AGAIN_MS = 200;
const COMMAND_SECONDS = 10;
const EXEC_DEADLINE_MS = 30_000;

const fromBase64 = (text: unknown): string =>
  typeof text === 'string' ? Buffer.from(text, 'base64').toString() : '';

/** The QEMU guest agent (qemu-ga(8), docs/interop/qemu-ga in QEMU) through libvirt. */
export class GuestAgent implements GuestAccess {
  constructor(private readonly link: Link) {}

  async pingAgent(instanceId: string, options?: CallOptions): Promise<boolean> {
    return this.link.doing(`calling the guest agent of ${instanceId}`, async () => {
      const dom = await this.link.requireDomain(instanceId, options);
      try {
        await this.command(dom, { execute: 'guest-ping' }, PING_SECONDS, options);
        return true;
      } catch (error) {
        if (error instanceof LibvirtError) return false;
        throw error;
      }
    });
  }

  async execInGuest(
    instanceId: string,
    argv: readonly string[],
    options: CallOptions = {},
  ): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const [path, ...args] = argv;
    return this.link.doing(`running ${path} in machine ${instanceId}`, async () => {
      const dom = await this.link.requireDomain(instanceId, options);
      const started = await this.command(
        dom,
        { execute: 'guest-exec', arguments: { path, arg: args, 'capture-output': true } },
        COMMAND_SECONDS,
        options,
      );
      const pid = Number(started['pid']);
      const deadline = performance.now() + (options.deadlineMs ?? EXEC_DEADLINE_MS);
      while (performance.now() < deadline) {
        const status = await this.command(
          dom,
          { execute: 'guest-exec-status', arguments: { pid } },
          COMMAND_SECONDS,
          options,
        );
        if (status['exited'] === true)
          return {
            exitCode: Number(status['exitcode'] ?? -1),
            stdout: fromBase64(status['out-data']),
            stderr: fromBase64(status['err-data']),
          };
        await sleep(50, undefined, options.signal === undefined ? {} : { signal: options.signal });
      }
      throw new AppError('deadline', `${path} did not end in machine ${instanceId}.`);
    });
  }

  /** Whether the agent answers in time; a machine that has just started, woken up or come from elsewhere needs a moment. */
  async answersWithin(instanceId: string, withinMs: number, options: CallOptions = {}): Promise<boolean> {
    const deadline = performance.now() + withinMs;
    while (!(await this.pingAgent(instanceId, options))) {
      if (performance.now() > deadline) return false;
      await sleep(PING_AGAIN_MS, undefined, options.signal === undefined ? {} : { signal: options.signal });
    }
    return true;
  }

  async setClock(instanceId: string, now: Date, options?: CallOptions): Promise<boolean> {
    return this.link.doing(`setting the clock of machine ${instanceId}`, async () => {
      const dom = await this.link.requireDomain(instanceId, options);
      const seconds = BigInt(Math.floor(now.getTime() / 1000));
      const nseconds = now.getMilliseconds() * 1_000_000;
      try {
        await this.link.call(P.domain.setTime, { dom, seconds, nseconds }, options);
        return true;
      } catch (error) {
        if (error instanceof LibvirtError) return false;
        throw error;
      }
    });
  }

  /** Whether every file system stands still. Thaw in any case afterwards: a frozen guest cannot be left alone. */
  async freezeFileSystems(instanceId: string): Promise<boolean> {
    const dom = await this.link.requireDomain(instanceId);
    try {
      await this.command(dom, { execute: 'guest-fsfreeze-freeze' }, COMMAND_SECONDS);
      return true;
    } catch (error) {
      if (!(error instanceof LibvirtError)) throw error;
      await this.thawFileSystems(instanceId);
      return false;
    }
  }

  async thawFileSystems(instanceId: string, options?: CallOptions): Promise<void> {
    await this.link.doing(`thawing the file systems of machine ${instanceId}`, async () => {
      const dom = await this.link.requireDomain(instanceId, options);
      await this.command(dom, { execute: 'guest-fsfreeze-thaw' }, COMMAND_SECONDS, options).catch(
        (error: unknown) => {
          // It was not frozen.
          if (!(error instanceof LibvirtError)) throw error;
        },
      );
    });
  }

  private async command(
    dom: DomainRef,
    command: object,
    seconds: number,
    options: CallOptions = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    const { result } = await this.link.call(
      P.qemu.domainAgentCommand,
      { dom, cmd: JSON.stringify(command), timeout: seconds },
      { deadlineMs: (seconds + 10) * 1000, ...options },
    );
    const answer: unknown = JSON.parse(result ?? '{}');
    const value = typeof answer === 'object' && answer !== null && 'return' in answer ? answer.return : {};
    return typeof value === 'object' && value !== null ? { ...value } : {};
  }
}
