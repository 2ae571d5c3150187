import { total, VERSION } from 'dv8:sums';

console.log(`sums ${VERSION}: ${total(Float64Array.from(process.argv.slice(2), Number))}`);
