import fs from 'node:fs';
import * as prettier from 'prettier/standalone';
import * as babel from 'prettier/plugins/babel';
import * as estree from 'prettier/plugins/estree';
import * as typescript from 'prettier/plugins/typescript';
import * as markdown from 'prettier/plugins/markdown';
for (const name of process.argv.slice(2)) {
  const text = await prettier.format(fs.readFileSync(name, 'utf8'), {
    filepath: name,
    plugins: [babel, estree, typescript, markdown],
    semi: false,
    printWidth: 60,
  });
  process.stdout.write(text);
}
