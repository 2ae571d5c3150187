// Runs tests with their coverage and prints what the summary says of each file.
import { basename } from 'node:path';
import { run } from 'node:test';

run({ files: process.argv.slice(2), coverage: true, isolation: process.env.ISOLATION })
  .on('test:coverage', ({ summary }) => {
    for (const { path, coveredLineCount, totalLineCount, coveredFunctionCount, totalFunctionCount } of summary.files) {
      console.log(`${basename(path)}: lines ${coveredLineCount}/${totalLineCount}, functions ${coveredFunctionCount}/${totalFunctionCount}`);
    }
    console.log(process.env.NODE_V8_COVERAGE);
  })
  .on('test:fail', ({ details }) => { console.log(details.error); })
  .resume();
