import { describe, expect, it } from '@jest/globals';
import { readTlsPriority } from './tls-priority.js';

describe('tls_priority', () => {
  it.each([
    [undefined, 'TLSv1.2', 'TLSv1.3'],
    ['NORMAL', 'TLSv1.2', 'TLSv1.3'],
    ['@SYSTEM', 'TLSv1.2', 'TLSv1.3'],
    ['NORMAL:-VERS-SSL3.0:-VERS-TLS1.1', 'TLSv1.2', 'TLSv1.3'],
    ['NORMAL:-VERS-TLS1.2', 'TLSv1.3', 'TLSv1.3'],
    ['normal:!VERS-TLS1.3', 'TLSv1.2', 'TLSv1.2'],
    ['NORMAL:-VERS-ALL:+VERS-TLS1.3', 'TLSv1.3', 'TLSv1.3'],
  ])('%s leaves %s to %s', (priority, minVersion, maxVersion) => {
    expect(readTlsPriority(priority)).toEqual({ minVersion, maxVersion });
  });

  it.each([
    ['LEGACY', /"LEGACY" is none of NORMAL/],
    ['NORMAL:-CIPHER-ALL', /only versions can be changed .* not "-CIPHER-ALL"/],
    ['NORMAL:%SERVER_PRECEDENCE', /only versions can be changed/],
    ['NORMAL:+VERS-TLS1.0', /TLS1\.0 is too old/],
    ['NORMAL:-VERS-ALL', /no version of TLS is left/],
  ])('%s is refused, not passed over', (priority, sentence) => {
    expect(() => readTlsPriority(priority)).toThrow(sentence);
  });
});
