import { ChoiceField, TextField, WholeField } from '../http/fields.js';

export const FIRMWARES = ['bios', 'uefi'] as const;
const CPU = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** What one machine is given. */
export class MachineBody {
  @WholeField('Virtual CPUs.', 1, 256, { example: 1 })
  readonly vcpus!: number;

  @WholeField('Memory in MiB.', 32, 4_194_304, { unit: 'MiB', example: 256 })
  readonly memoryMiB!: number;

  @ChoiceField('As the image says, unless given; another one than the image has is refused.', FIRMWARES, {
    optional: true,
  })
  readonly firmware?: 'bios' | 'uefi';

  @TextField(
    '`portable`: what every host offers, so that machines can migrate. `host-model`: all that the host has. Or the name of a libvirt CPU model.',
    {
      most: 64,
      pattern: CPU,
      rule: 'portable, host-model or a libvirt CPU model',
      optional: true,
      default: 'portable',
    },
  )
  readonly cpu?: string;
}
