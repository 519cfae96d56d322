/** What the client answers; null is "nothing", which is not the same as zero bytes. */
export type Answer = Buffer | null;

/** The client's half of one SASL mechanism (RFC 4422), for one exchange, with credentials that are prepared (RFC 4013). */
export interface Mechanism {
  readonly name: string;
  /** What is sent along with the choice of the mechanism. */
  begin(): Answer;
  /** @throws LibvirtTransportError `refused` or `protocol` for a challenge that no honest server sends */
  answer(challenge: Buffer): Promise<Answer>;
  /** Nothing more is expected of the server; it has proven what it had to prove. */
  readonly satisfied: boolean;
}
