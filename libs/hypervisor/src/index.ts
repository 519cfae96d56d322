export * from './port.js';
export { libvirtHypervisors } from './libvirt/libvirt-hypervisors.js';
export { POOL } from './libvirt/link.js';
export { METADATA_URI } from './xml/domain.js';
