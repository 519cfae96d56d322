process.stdout.write(`diecast\n`);
