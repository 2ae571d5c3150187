console.log(runScript('var g = 2; g + 1', 'name.js'), g, evalScript('g * 5'));
try {
  runScript('\n\n null.x', 'name.js');
} catch (e) {
  console.log(/name.js:3/.test(e.stack));
}
