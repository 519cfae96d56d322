import { get, type IncomingMessage } from 'node:http';
import { get as getSecurely } from 'node:https';
import { connect, isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { HealthCheck, HealthLook, OutsideCheck } from './services.js';

type HttpSpec = Extract<OutsideCheck, { readonly kind: 'http' }>;
type TcpSpec = Extract<OutsideCheck, { readonly kind: 'tcp' }>;

/** As much of an answer as is looked through. */
const MOST_BYTES = 64 * 1024;

const passed = (seen: string): HealthLook => ({ passed: true, seen });
const failed = (seen: string): HealthLook => ({ passed: false, seen });
const reasonOf = (error: Error): string =>
  'code' in error ? `${error.message} (${String(error.code)})` : error.message;

/** From outside, over the network that clients use. */
export const checkHealth: HealthCheck = async (address, spec, signal) => {
  const inTime = AbortSignal.timeout(spec.timeoutSeconds * 1000);
  const over = AbortSignal.any([signal, inTime]);
  try {
    return await (spec.kind === 'tcp' ? tryPort(address, spec, over) : request(address, spec, over));
  } catch (error) {
    if (inTime.aborted) return failed(`no answer within ${spec.timeoutSeconds} s`);
    return failed(error instanceof Error ? reasonOf(error) : String(error));
  }
};

function tryPort(address: string, { port }: TcpSpec, signal: AbortSignal): Promise<HealthLook> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, signal });
    socket.once('connect', () => {
      socket.destroy();
      resolve(passed(`port ${port} accepts`));
    });
    socket.once('error', reject);
  });
}

function request(address: string, spec: HttpSpec, signal: AbortSignal): Promise<HealthLook> {
  const { port, path } = spec;
  const to = { host: address, port, path, signal, agent: false, ...nameOf(spec) };
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage): void => {
      judge(response, spec).then(resolve, reject);
      response.once('close', () => sent.destroy());
    };
    const sent =
      spec.scheme === 'https'
        ? getSecurely({ ...to, ...trustOf(address, spec) }, answered)
        : get(to, answered);
    sent.once('error', reject);
  });
}

const nameOf = ({ serverName, port }: HttpSpec) =>
  serverName === undefined ? {} : { headers: { host: `${serverName}:${port}` } };

/** Whom to believe. A machine's address is rarely in its certificate, so that a valid one is only asked for when declared. */
const trustOf = (address: string, { tlsVerify, ca, serverName }: HttpSpec) => ({
  rejectUnauthorized: tlsVerify === true,
  ...(ca === undefined ? {} : { ca }),
  // An address is no server name in TLS; Node.js would send "Host" of the request for it.
  servername: serverName !== undefined && isIP(serverName) === 0 ? serverName : '',
  checkServerIdentity: (_: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
    checkServerIdentity(serverName ?? address, certificate),
});

async function judge(response: IncomingMessage, spec: HttpSpec): Promise<HealthLook> {
  const { statusCode } = response;
  if (statusCode !== spec.status) {
    response.destroy();
    return failed(`status ${statusCode}, not ${spec.status}`);
  }
  if (spec.bodyContains === undefined) {
    response.destroy();
    return passed(`status ${statusCode}`);
  }
  return (await readStart(response)).includes(spec.bodyContains)
    ? passed(`status ${statusCode}, with the text`)
    : failed(`status ${statusCode}, without the text ${JSON.stringify(spec.bodyContains)}`);
}

async function readStart(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= MOST_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MOST_BYTES).toString();
}
