import { Libvirt, LibvirtTransportError, type Connection } from '@diecast/node-libvirt';

/** Stands around a call on a connection of its own: may do what it likes before, after, or instead of it. */
export type Hook = (
  procedure: string,
  call: () => Promise<unknown>,
  connection: Connection,
) => Promise<unknown>;

/** A client of a real daemon to which things happen at certain calls. */
export class HookedClient extends Libvirt {
  /** Nobody is reached any more. */
  cutOff = false;

  constructor(
    uri: string,
    private readonly hook: Hook,
  ) {
    super(uri);
  }

  override async withConnection<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    if (this.cutOff) throw new LibvirtTransportError('unreachable', 'the cable is cut');
    return super.withConnection((connection) => work(this.around(connection)));
  }

  override call: Libvirt['call'] = (procedure, args, options) =>
    this.cutOff
      ? Promise.reject(new LibvirtTransportError('unreachable', 'the cable is cut'))
      : super.call(procedure, args, options);

  private around(connection: Connection): Connection {
    const call = ((procedure, args, options) =>
      this.hook(
        procedure.name,
        () => connection.call(procedure, args, options),
        connection,
      )) as Connection['call'];
    return new Proxy(connection, {
      get: (target, name): unknown => {
        if (name === 'call') return call;
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  }
}

/** The cable is cut at this call, which arrives or is lost; its answer is lost in any case. */
export const cutAt =
  (procedure: string, fate: 'arrives' | 'lost', happens = (): void => undefined): Hook =>
  async (name, call, connection) => {
    if (name !== procedure) return call();
    if (fate === 'arrives') await call();
    connection.close();
    happens();
    throw new LibvirtTransportError('closed', 'the cable was cut');
  };

/** Something happens as soon as this call was answered. */
export const after =
  (procedure: string, happens: () => void): Hook =>
  async (name, call) => {
    const answer = await call();
    if (name === procedure) happens();
    return answer;
  };
