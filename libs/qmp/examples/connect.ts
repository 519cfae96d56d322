import { QmpClient } from '@diecast/qmp';

/** Who is there, and what is it doing? */
export async function describe(path: string): Promise<string> {
  const qemu = await QmpClient.connect({ path }); // or { host: '127.0.0.1', port: 4444 }
  try {
    const { major, minor } = qemu.greeting.version.qemu;
    const { status } = await qemu.execute('query-status');
    const cpus = await qemu.execute('query-cpus-fast');
    return `QEMU ${major}.${minor}, ${status}, ${cpus.length} CPUs`;
  } finally {
    qemu.close();
  }
}
