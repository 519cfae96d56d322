import { parseArgs } from 'node:util';
import { LabError } from '../run.js';
import { buildImage, DEFAULT_CACHE } from './build.js';
import { buildDebian } from './debian.js';
import { listImages } from './list.js';
import { isVariant, VARIANTS } from './recipe.js';

const USAGE = `npm run lab -- images COMMAND

  build tiny-http           a small web server on Debian's cloud kernel, with a verified read-only root
    --variant VARIANT       ${VARIANTS.join(', ')} (default v1)
  build debian              a whole Debian 12 with systemd, cloud-init and the guest agent, read-only and verified
  list                      what has been built

  --cache DIR               where packages and images are kept (default ${DEFAULT_CACHE})
  --json                    machine-readable answers
`;

const MEBIBYTE = 1024 * 1024;

/** `lab images …`. @returns the exit code @throws LabError with what was wrong with the command or the build */
export async function runImages(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      variant: { type: 'string', default: 'v1' },
      cache: { type: 'string', default: DEFAULT_CACHE },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [command, name, ...more] = positionals;
  if (values.help || command === undefined || more.length > 0) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 2;
  }
  const answer = (value: unknown, text: string): void =>
    void process.stdout.write(values.json ? `${JSON.stringify(value)}\n` : text);
  switch (command) {
    case 'build': {
      const log = (line: string): void => void process.stderr.write(`${line}\n`);
      if (name === 'debian') {
        const built = await buildDebian({ cacheDir: values.cache, log });
        answer(built, `${built.folder}\n${built.digest}\n`);
        return 0;
      }
      if (name !== 'tiny-http')
        throw new LabError(`no recipe for the image "${name ?? ''}"; there are "tiny-http" and "debian".`);
      if (!isVariant(values.variant))
        throw new LabError(`--variant takes ${VARIANTS.join(', ')}, not "${values.variant}".`);
      const built = await buildImage(name, { cacheDir: values.cache, variant: values.variant, log });
      answer(built, `${built.folder}\n${built.digest}\n`);
      return 0;
    }
    case 'list': {
      const images = await listImages(values.cache);
      const lines = images.map(
        ({ name, version, digest, sizeBytes, folder }) =>
          `${name}  ${version.padEnd(8)}  ${(sizeBytes / MEBIBYTE).toFixed(1)} MiB  ${digest}  ${folder}\n`,
      );
      answer(images, lines.join(''));
      return 0;
    }
    default:
      throw new LabError(`unknown command "images ${command}"; "lab images --help" tells what there is.`);
  }
}
