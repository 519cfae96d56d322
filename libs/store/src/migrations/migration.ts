/**
 * One numbered step of the schema. Once released it is never edited (its checksum is stored and compared at every
 * start): a change of mind is another migration.
 */
export type Migration = {
  /** `0001-nouns`: applied in this order, and only ever appended. */
  readonly name: string;
  /** One SQL statement each; all of them run in one transaction. */
  readonly statements: readonly string[];
};
