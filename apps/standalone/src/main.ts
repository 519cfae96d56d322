import { product } from '@diecast/model';

process.stdout.write(`${product}\n`);
