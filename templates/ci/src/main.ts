const [name = 'world'] = process.argv.slice(2);
console.log(`hello ${name}`);
