import { ChoiceField, Ipv4Field, ObjectField, TextField, WholeField } from '../http/fields.js';

const INTERFACE = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

export class AddressingBody {
  @ChoiceField(
    '`static`: each machine gets an address of the range. `dhcp`: it asks, and Diecast finds out.',
    ['static', 'dhcp'],
  )
  readonly mode!: 'static' | 'dhcp';

  @Ipv4Field('First address of the range (`static`).', { optional: true })
  readonly rangeStart?: string;

  @Ipv4Field('Last address of the range (`static`).', { optional: true })
  readonly rangeEnd?: string;

  @WholeField('Bits of the network, 24 for 255.255.255.0 (`static`).', 8, 30, { optional: true })
  readonly prefix?: number;

  @Ipv4Field('The way out, in the same network and outside of the range (`static`).', {
    optional: true,
    nullable: true,
  })
  readonly gateway?: string | null;
}

export class NetworkBody {
  @ChoiceField('A bridge of the host, or a network of its libvirt.', ['bridge', 'network'], {
    example: 'bridge',
  })
  readonly kind!: 'bridge' | 'network';

  @TextField('Its name, the same on every host.', {
    most: 63,
    pattern: INTERFACE,
    rule: 'a name of letters, digits, ".", "_" and "-"',
    example: 'br0',
  })
  readonly name!: string;

  @ObjectField('How machines get their addresses.', () => AddressingBody, { example: { mode: 'dhcp' } })
  readonly addressing!: AddressingBody;
}
