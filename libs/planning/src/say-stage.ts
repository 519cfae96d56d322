import type { RolloutStage, Shares } from '@diecast/model';
import type { ServiceView } from './service-plan.js';
import { machinesAtStep } from './strategy.js';
import { counted } from './words.js';

/** What begins with a stage, for people. */
export function sayStage({ name, step }: RolloutStage, service: ServiceView['service']): string {
  const { steps, bakeSeconds } = service.rollout;
  switch (name) {
    case 'cast':
      return 'machines are made and take over';
    case 'canary': {
      const { weight = 100, pauseSeconds = null } = steps[step] ?? {};
      const until = pauseSeconds === null ? 'until a person promotes it' : `for ${pauseSeconds} s`;
      return `step ${step + 1} of ${steps.length}: ${counted(machinesAtStep(service, step), 'machine')}, ${weight} % of the requests, ${until}`;
    }
    case 'preview':
      return 'the new set is healthy and gets no requests: it waits until a person promotes it';
    case 'bake':
      return `all requests are served; the gates must hold for ${bakeSeconds} s`;
    case 'retire':
      return 'it has proved good; what it replaced leaves';
  }
}

/** Who gets the requests, for people. */
export function sayShares(shares: Shares | null): string {
  if (shares === null) return 'every healthy machine gets requests alike';
  const parts = Object.entries(shares).map(
    ([iteration, percent]) => `iteration ${iteration} gets ${percent} %`,
  );
  return `of the requests, ${parts.join(', ')}`;
}
