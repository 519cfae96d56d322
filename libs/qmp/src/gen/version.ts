// Made by `npm run qmp:generate` from the schema of QEMU 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3). Do not edit.
/** The QEMU whose schema the types of this package come from. */
export const TYPES_FROM = { qemu: '7.2.22', package: 'Debian 1:7.2+dfsg-7+deb12u18+b3' } as const;
