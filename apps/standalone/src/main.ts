process.stderr.write(
  'diecast: the standalone program is not finished yet; docs/roadmap.md says what is missing.\n',
);
process.exitCode = 1;
