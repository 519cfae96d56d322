import { geometricMean, round2, type Medians } from '../rounds.js';
import type { CallName } from './commands.js';
import { CEILING, FOUR, type CallFigures, type TransferFigures } from './measurements.js';

export type Figures = {
  readonly serial: Readonly<Record<CallName, Medians<CallFigures>>>;
  readonly pipelined: Readonly<Record<CallName, Medians<CallFigures>>>;
  readonly upload: Medians<TransferFigures>;
  readonly download: Medians<TransferFigures>;
  readonly uploadTls: Medians<TransferFigures>;
  readonly downloadTls: Medians<TransferFigures>;
};

const OURS = 'node-libvirt';
const PYTHON = 'python3-libvirt';

/** How many times as much as others node-libvirt reaches; of several kinds of call the geometric mean. */
export function ratiosOf(figures: Figures): Readonly<Record<string, number>> {
  const { serial, pipelined } = figures;
  return {
    /** To python3-libvirt. */
    pipelined: overCalls(pipelined, (of) => rate(of, OURS) / rate(of, PYTHON)),
    /** The same with four connections. */
    pipelined4: overCalls(pipelined, (of) => rate(of, FOUR) / rate(of, PYTHON)),
    /** To what the daemon answers at most. */
    pipelinedOfCeiling: overCalls(pipelined, (of) => rate(of, OURS) / rate(of, CEILING)),
    /** Calls for the same processor time of the client, to python3-libvirt. */
    pipelinedForCpu: overCalls(pipelined, (of) => cpu(of, PYTHON) / cpu(of, OURS)),
    /** To the best of all. */
    serial: overCalls(serial, (of) => rate(of, OURS) / best(of)),
    /** To virsh. */
    upload: toVirsh(figures.upload),
    download: toVirsh(figures.download),
    uploadTls: toVirsh(figures.uploadTls),
    downloadTls: toVirsh(figures.downloadTls),
  };
}

type Rates = Medians<{ readonly rate: number }>;

const rate = (medians: Rates, name: string): number => medians[name]?.rate ?? NaN;
const cpu = (medians: Medians<CallFigures>, name: string): number => medians[name]?.cpuMicros ?? NaN;
const best = (medians: Rates): number => Math.max(...Object.values(medians).map((each) => each.rate));
const toVirsh = (medians: Rates): number => round2(rate(medians, OURS) / rate(medians, 'virsh'));

const overCalls = (
  figures: Readonly<Record<CallName, Medians<CallFigures>>>,
  ratio: (medians: Medians<CallFigures>) => number,
): number => round2(geometricMean(Object.values(figures).map(ratio)));
