import { HEALTH, NETWORK, STATIC_NETWORK } from '../machines/machine.examples.js';

/** Bodies that are right as they stand; the documentation shows them, and a test sends them. */
export const DECLARE_EXAMPLES = {
  'As little as possible': {
    image: 'tiny-http',
    replicas: 3,
    machine: { vcpus: 1, memoryMiB: 256 },
    network: NETWORK,
    health: HEALTH,
  },
  'Everything said': {
    image: 'tiny-http:1',
    replicas: 3,
    machine: { vcpus: 2, memoryMiB: 1024, firmware: 'bios', cpu: 'portable' },
    network: STATIC_NETWORK,
    userData: { credentials: { 'motd.text': 'cast, not patched' } },
    health: {
      ...HEALTH,
      status: 200,
      intervalSeconds: 2,
      timeoutSeconds: 2,
      successes: 1,
      failures: 3,
      startPeriodSeconds: 120,
    },
    traffic: { provider: 'none', backend: 'web', port: 80 },
    rollout: {
      strategy: 'canary',
      maxSurge: 1,
      maxUnavailable: 0,
      batch: null,
      order: 'spread',
      steps: [
        { weight: 10, pauseSeconds: 300 },
        { weight: 50, pauseSeconds: null },
      ],
      promotion: 'automatic',
      bakeSeconds: 60,
      analysis: [
        {
          name: 'errors',
          kind: 'prometheus',
          url: 'http://prometheus.example.org:9090',
          query: 'sum(rate(http_requests_total{code=~"5.."}[1m]))',
          least: null,
          most: 0.5,
          intervalSeconds: 10,
          failures: 3,
        },
      ],
      progressDeadlineSeconds: 600,
      drainSeconds: 10,
      automaticRollback: true,
      standbySeconds: 900,
      brakePercent: 50,
    },
    placement: { hosts: [], spread: 'hosts' },
    sandbox: { profile: 'default' },
  },
};

export const ROLL_BACK_EXAMPLES = {
  'The last known-good one': {},
  'A certain one': { iteration: 1 },
};
