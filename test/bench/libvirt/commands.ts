/** What the candidates of the bench `libvirt` are told to do. */
export type PeerCommand = OpenCommand | CallsCommand | TransferCommand | ConnectionsCommand;

/** One connection, or whatever the client has instead, on which later calls of this transport are made. */
export type OpenCommand = {
  readonly do: 'open';
  readonly transport: Transport;
  readonly uri: string;
  /** How many connections node-libvirt may share; by default as many as it has by default. */
  readonly connections?: number;
};

/** `callers` that make one call after another, all at the same time, `count` calls together. */
export type CallsCommand = {
  readonly do: 'calls';
  readonly transport: Transport;
  readonly call: CallName;
  readonly callers: number;
  readonly count: number;
};

/** From or to a file. */
export type TransferCommand = {
  readonly do: 'upload' | 'download';
  readonly uri: string;
  readonly pool: string;
  readonly volume: string;
  readonly path: string;
  readonly bytes: number;
};

/** Opens `count` connections, `callers` at a time, makes a call on each and keeps them. */
export type ConnectionsCommand = {
  readonly do: 'connections';
  readonly uri: string;
  readonly count: number;
  readonly callers: number;
};

export const TRANSPORTS = ['unix', 'tls'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** A few numbers about a domain (DOMAIN_GET_INFO), its XML (DOMAIN_GET_XML_DESC), a list of a hundred (CONNECT_LIST_ALL_DOMAINS). */
export const CALLS = ['info', 'xml', 'list'] as const;
export type CallName = (typeof CALLS)[number];

export type Timing = { readonly seconds: number; readonly cpuSeconds: number };
export type ConnectionsAnswer = { readonly seconds: number; readonly bytes: number };
