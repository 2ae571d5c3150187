// What the types allow, and what they do not.
import { image, pack, PackError, type PackOptions } from 'dv8pack';

const options: PackOptions = { entry: 'app.ts', snapshot: 'code', define: { A: '1' }, drop: ['console'], snapshotTimeout: 5 };
const one: number = (await pack(options)).size;
const several: string[] = (await pack({ ...options, outDir: 'out' })).outputs.map(({ output }) => output);
const digest: string = (await image({ entry: 'app.ts', port: ['80', '81/udp'] })).image.digest;
try {
  // @ts-expect-error: it is no such choice.
  await pack({ entry: 'app.ts', snapshot: 'whole' });
  // @ts-expect-error: there is no entry.
  await pack({ output: 'app' });
  // @ts-expect-error: of images only.
  await pack({ entry: 'app.ts', tag: 'a:1' });
} catch (error) {
  if (error instanceof PackError) console.log(one, several, digest, error.file, error.line);
}
