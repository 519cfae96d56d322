import { parseArgs } from 'node:util';
import { bringUp, DEFAULT_DIR, readStatus, setLink, setPower, tearDown, type LabState } from './lab.js';
import { LabError } from './run.js';

const USAGE = `npm run lab -- COMMAND

  up [--hosts N]            N real libvirt hosts (1 to 6, default 3) in namespaces of this machine
     [--without HOST=FEATURE]   a host whose QEMU lacks a feature of the CPU, such as c=avx2; again for more
  status                    what there is
  down                      leave nothing behind
  power HOST off|on         pull the plug; bring it back with its disks
  link HOST off|on|QUALITY  QUALITY is any of rate=100mbit,loss=1%,delay=20ms
  images build NAME         build a guest from Debian packages: tiny-http or debian
  images list               guests built so far

  --dir DIR                 where the lab keeps its state (default ${DEFAULT_DIR}, or DIECAST_LAB_DIR)
  --json                    machine-readable answers
`;

function show(state: LabState, json: boolean): void {
  if (json) return void process.stdout.write(`${JSON.stringify(state)}\n`);
  for (const host of state.hosts)
    process.stdout.write(`${host.name}  ${host.power.padEnd(3)}  ${host.address}  ${host.uri}\n`);
  for (const { name, url } of state.haproxy.frontends) process.stdout.write(`haproxy ${name}: ${url}\n`);
  process.stdout.write(
    `guests: bridge ${state.network.bridge}, ${state.network.guestRange.start} to ${state.network.guestRange.end}\n`,
  );
}

/** @throws LabError for what is not HOST=FEATURE */
function parseWithout(words: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const without: Record<string, string[]> = {};
  for (const word of words) {
    const [, host = '', feature = ''] = /^([a-f])=([a-z0-9.-]+)$/.exec(word) ?? [];
    if (host === '') throw new LabError(`--without takes HOST=FEATURE, such as c=avx2, not "${word}".`);
    (without[host] ??= []).push(feature);
  }
  return without;
}

async function main(args: readonly string[]): Promise<number> {
  if (args[0] === 'images') {
    const { runImages } = await import('./images/command.js');
    return runImages(args.slice(1));
  }
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      hosts: { type: 'string', default: '3' },
      without: { type: 'string', multiple: true, default: [] },
      dir: { type: 'string', default: process.env['DIECAST_LAB_DIR'] ?? DEFAULT_DIR },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [command, host, setting] = positionals;
  if (values.help || command === undefined) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 2;
  }
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  switch (command) {
    case 'up': {
      const hosts = Number(values.hosts);
      if (!Number.isInteger(hosts) || hosts < 1 || hosts > 6)
        throw new LabError(`--hosts takes a whole number from 1 to 6, not "${values.hosts}".`);
      show(
        await bringUp({
          dir: values.dir,
          hosts,
          frontends: [{ name: 'web', port: 8080 }],
          without: parseWithout(values.without),
          say,
        }),
        values.json,
      );
      return 0;
    }
    case 'status':
      show(await readStatus(values.dir), values.json);
      return 0;
    case 'down':
      await tearDown(values.dir);
      say(`lab: nothing is left of ${values.dir}`);
      return 0;
    case 'power':
      if (host === undefined || (setting !== 'on' && setting !== 'off'))
        throw new LabError('lab power HOST off|on');
      await setPower(values.dir, host, setting);
      return 0;
    case 'link':
      if (host === undefined || setting === undefined)
        throw new LabError('lab link HOST off|on|rate=100mbit,loss=1%,delay=20ms');
      await setLink(values.dir, host, setting);
      return 0;
    default:
      throw new LabError(`unknown command "${command}"; "lab --help" tells what there is.`);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
