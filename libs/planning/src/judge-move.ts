/** A machine as one host shows it. */
export type Sight = 'running' | 'paused' | 'other' | 'absent';

/**
 * - `source`, `target`: it runs there, and the other host knows nothing of it
 * - `between`: the hosts are not through with it; look again
 * - `both`: two copies run; nobody but a person can say which one is meant
 * - `neither`: it ended
 */
export type Whereabouts = 'source' | 'target' | 'between' | 'both' | 'neither';

/** Where a machine is that may have moved, told only from what both hosts show. */
export function judgeMove(source: Sight, target: Sight): Whereabouts {
  if (source === 'absent' && target === 'absent') return 'neither';
  if (source === 'running' && target === 'absent') return 'source';
  if (source === 'absent' && target === 'running') return 'target';
  return source === 'running' && target === 'running' ? 'both' : 'between';
}
