console.log(import.meta.resolve('fs'), import.meta.resolve('@scope/package'));
