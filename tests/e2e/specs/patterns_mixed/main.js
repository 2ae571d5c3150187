// A pattern that matches a folder with more than code in it.
for (const name of ['one', 'two.json', 'notes', 'three']) {
  try {
    console.log(name, require('./parts/' + name));
  } catch (error) {
    console.log(name, error.name, error.code);
  }
}
try {
  require('./parts/' + 'Tool'.concat('.cs'));
} catch (error) {
  console.log(error.name);
}
