// Fills and empties the heap some times, with a hundred thousand objects at once.
let kept;
for (let round = 0; round < 5; round++) {
  kept = [];
  for (let i = 0; i < 1e5; i++) kept.push({ i, text: `${i}` });
}
console.log('kept', kept.length);
