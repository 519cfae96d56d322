import { get } from 'node:http';
import { connect } from 'node:net';
import type { HealthCheck } from './services.js';

/** From outside, over the network that clients use. Checks of kind `agent` are made by whoever holds the host. */
export const checkHealth: HealthCheck = (address, spec, signal) => {
  if (spec.kind === 'agent') return Promise.resolve(false);
  const timeout = spec.timeoutSeconds * 1000;
  return new Promise((resolve) => {
    if (spec.kind === 'tcp') {
      const socket = connect({ host: address, port: spec.port, timeout, signal });
      const end = (ok: boolean): void => {
        socket.destroy();
        resolve(ok);
      };
      socket.once('connect', () => end(true));
      socket.once('timeout', () => end(false));
      socket.once('error', () => end(false));
      return;
    }
    const { port, path } = spec;
    const request = get({ host: address, port, path, timeout, signal, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === spec.status);
    });
    request.once('timeout', () => request.destroy(new Error('timeout')));
    request.once('error', () => resolve(false));
  });
};
