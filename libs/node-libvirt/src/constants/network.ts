/** Flags and numbers by the names that libvirt gives them (libvirt-network.h). */

export const NETWORK_UPDATE_COMMAND = { MODIFY: 1, DELETE: 2, ADD_LAST: 3, ADD_FIRST: 4 } as const;

/** Which part `network.update` changes. */
export const NETWORK_SECTION = {
  BRIDGE: 1,
  DOMAIN: 2,
  IP: 3,
  IP_DHCP_HOST: 4,
  IP_DHCP_RANGE: 5,
  FORWARD: 6,
  FORWARD_INTERFACE: 7,
  FORWARD_PF: 8,
  PORTGROUP: 9,
  DNS_HOST: 10,
  DNS_TXT: 11,
  DNS_SRV: 12,
} as const;

/** Whether a change is for the running network, for its definition, or for what is there. */
export const NETWORK_AFFECT = { CURRENT: 0, LIVE: 1, CONFIG: 2 } as const;

export const NETWORK_XML = { INACTIVE: 1 } as const;

export const NETWORK_PORT_CREATE = { RECLAIM: 1, VALIDATE: 2 } as const;
