type T = 1;

function fails(): never { throw new Error('while packing'); }
fails();
