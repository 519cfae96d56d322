import { NameField, TextField } from '../http/fields.js';

const URI = /^[\x21-\x7e]+$/;
const RULE = 'a libvirt URI, printable characters without spaces,';

export class RegisterHost {
  @NameField('How the host is called from now on.', { example: 'here' })
  readonly name!: string;

  @TextField('How workers reach its libvirtd: `qemu+tls`, `qemu+ssh`, `qemu+tcp` or `qemu+unix`.', {
    most: 500,
    pattern: URI,
    rule: RULE,
    example: 'qemu+unix:///system',
  })
  readonly uri!: string;

  @TextField('How the libvirtd of other hosts reach it in a live migration; derived from `uri` by default.', {
    most: 500,
    pattern: URI,
    rule: RULE,
    optional: true,
    nullable: true,
  })
  readonly migrationUri?: string | null;
}

export class HostAt {
  @NameField('Name of the host.', { example: 'here' })
  readonly name!: string;
}
