import { parseArgs } from 'node:util';

export type DemoOptions = {
  readonly json: boolean;
  readonly keep: boolean;
  readonly hosts: number;
  readonly replicas: number;
  readonly requestsPerSecond: number;
  readonly dir: string;
};

export const USAGE = `npm run demo -- [options]

Runs the main job of Diecast on real hosts and real machines on this computer, under constant load, and tears
everything down again.

  --json                  one JSON object as the last line of stdout
  --keep                  leave it running and print the URLs and the token
  --hosts N               hosts in the lab, 2 to 6 (default 3)
  --replicas N            machines of the service, 1 to 6 (default 3)
  --requests-per-second N load during the whole run (default 20)
  --dir DIR               where the lab keeps its state (default /var/lib/diecast-demo)
  -h, --help              this text
`;

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`--${name} takes a whole number from ${least} to ${most}, not "${text}".`);
}

/** @throws Error with one clear sentence for a person; undefined means that help was asked for */
export function readOptions(args: readonly string[]): DemoOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      hosts: { type: 'string', default: '3' },
      replicas: { type: 'string', default: '3' },
      'requests-per-second': { type: 'string', default: '20' },
      dir: { type: 'string', default: '/var/lib/diecast-demo' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    json: values.json,
    keep: values.keep,
    hosts: whole('hosts', values.hosts, 2, 6),
    replicas: whole('replicas', values.replicas, 1, 6),
    requestsPerSecond: whole('requests-per-second', values['requests-per-second'], 1, 500),
    dir: values.dir,
  };
}
