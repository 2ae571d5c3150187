import gone from 'gone';
console.log(gone);
