import { describe, expect, it } from '@jest/globals';
import { P } from '../procedures/index.js';
import { methodsOf, type Caller } from './methods.js';

/** Says what it was asked instead of asking a daemon. */
function listen(): { readonly caller: Caller; readonly asked: unknown[] } {
  const asked: unknown[] = [];
  const keep = (kind: string) => (procedure: { readonly name: string }, args: unknown) => {
    asked.push([kind, procedure.name, args]);
    return Promise.resolve({} as never);
  };
  return { caller: { call: keep('call'), openStream: keep('stream') }, asked };
}

describe('the methods of a client', () => {
  it('are one for each procedure, and a stream for one that opens a stream', async () => {
    const { caller, asked } = listen();
    const pool = { name: 'pool', uuid: '5ee72c1d-f2bb-4a3e-9b6e-0a1b2c3d4e5f' };
    const vol = { pool: 'pool', name: 'volume', key: 'key' };
    await methodsOf(caller, P.connect).getLibVersion();
    await methodsOf(caller, P.storagePool).getInfo({ pool });
    await methodsOf(caller, P.storageVol).upload({ vol, offset: 0n, length: 0n });
    expect(asked).toEqual([
      ['call', 'CONNECT_GET_LIB_VERSION', {}],
      ['call', 'STORAGE_POOL_GET_INFO', { pool }],
      ['stream', 'STORAGE_VOL_UPLOAD', { vol, offset: 0n, length: 0n }],
    ]);
    for (const group of Object.values(P))
      for (const name of Object.keys(group)) expect(name in methodsOf(caller, group)).toBe(true);
  });

  it('are functions of their client, also when they are taken from it', async () => {
    const [one, other] = [listen(), listen()];
    const { getLibVersion } = methodsOf(one.caller, P.connect);
    const connect = methodsOf(other.caller, P.connect);
    await getLibVersion();
    expect([one.asked.length, other.asked.length]).toEqual([1, 0]);
    expect(connect.getLibVersion).toBe(connect.getLibVersion);
    expect(connect.getLibVersion).not.toBe(getLibVersion);
  });
});
