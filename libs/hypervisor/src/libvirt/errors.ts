import { AppError, type ErrorCode } from '@diecast/model';
import { LibvirtError, LibvirtTimeoutError, LibvirtTransportError, VIR_ERR } from '@diecast/node-libvirt';

/** ENOSPC and EDQUOT of Linux; libvirt passes errno in the error's first integer. */
const FULL: readonly number[] = [28, 122];

const BY_CODE: Readonly<Record<number, ErrorCode>> = {
  [VIR_ERR.NO_DOMAIN]: 'not_found',
  [VIR_ERR.NO_STORAGE_VOL]: 'not_found',
  [VIR_ERR.NO_STORAGE_POOL]: 'not_found',
  [VIR_ERR.NO_NETWORK]: 'not_found',
  [VIR_ERR.NO_DOMAIN_METADATA]: 'not_found',
  [VIR_ERR.AUTH_FAILED]: 'host_refused',
  [VIR_ERR.AUTH_UNAVAILABLE]: 'host_refused',
  [VIR_ERR.CPU_INCOMPATIBLE]: 'incompatible',
  [VIR_ERR.OPERATION_ABORTED]: 'cancelled',
  [VIR_ERR.OPERATION_TIMEOUT]: 'busy',
  [VIR_ERR.RESOURCE_BUSY]: 'busy',
  [VIR_ERR.AGENT_UNRESPONSIVE]: 'unavailable',
  [VIR_ERR.NO_SUPPORT]: 'unsupported',
};

export const hasCode = (error: unknown, ...codes: readonly number[]): boolean =>
  error instanceof LibvirtError && codes.includes(error.code);

/** libvirt's and the wire's errors in our words. By number, never by text: texts are translated and change. */
export function explain(host: string, doing: string, error: unknown): unknown {
  if (error instanceof LibvirtTimeoutError) {
    return new AppError('deadline', `Host ${host} did not finish within ${error.deadlineMs} ms: ${doing}.`, {
      cause: error,
    });
  }
  if (error instanceof LibvirtTransportError) {
    const code = error.failure === 'refused' ? 'host_refused' : 'host_unreachable';
    return new AppError(code, `Host ${host} (${doing}): ${error.message}.`, { cause: error });
  }
  if (!(error instanceof LibvirtError)) return error;
  const code = FULL.includes(error.integers[0]) ? 'no_space' : (BY_CODE[error.code] ?? 'hypervisor_failed');
  const message = `Host ${host} (${doing}): ${error.message}.`;
  return new AppError(code, message, { cause: error, details: { host, libvirtCode: error.code } });
}
