import { HEALTH, NETWORK } from '../machines/machine.examples.js';

const sample = `sha256:${'9f86d081884c7d65'.repeat(4)}`;

/** Bodies that are right as they stand; the documentation shows them, and a test sends them. */
export const IMPORT_EXAMPLES = {
  'A folder of the worker': { source: { type: 'path', path: '/var/lib/images/tiny-http-1' } },
  'A folder on a web server': { source: { type: 'url', url: 'https://images.example.org/tiny-http-1' } },
  'An upload, whose blobs were sent before': {
    source: {
      type: 'upload',
      manifest: {
        schemaVersion: 1,
        name: 'tiny-http',
        version: '1',
        architecture: 'x86_64',
        firmware: 'bios',
        disk: { digest: sample, size: 41_943_040, format: 'raw', virtualSize: 41_943_040 },
      },
    },
  },
};

export const PROVE_EXAMPLES = {
  'An HTTP server': { network: NETWORK, health: HEALTH, memoryMiB: 256, vcpus: 1 },
  'Anything with the guest agent': {
    network: NETWORK,
    health: { kind: 'agent', startPeriodSeconds: 300 },
    memoryMiB: 1024,
    vcpus: 2,
  },
};

export const REVOKE_EXAMPLES = { 'A vulnerability': { reason: 'CVE-2026-1234 in its web server' } };
