declare const VERSION: string;
function aLongNameThatMinifyShortens(x: number) { return x + 1; }
console.log(VERSION, process.env.MODE, aLongNameThatMinifyShortens(1), aLongNameThatMinifyShortens.name.length < 27);
