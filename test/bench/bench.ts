export type BenchOptions = {
  readonly rounds: number;
  /** Prints one line for people. */
  readonly say: (line: string) => void;
};

export type Bench = {
  readonly summary: string;
  /** @returns what the last line shall hold */
  readonly run: (options: BenchOptions) => Promise<Readonly<Record<string, unknown>>>;
};
