// What the small start has by Node's names.
console.log(module.parent, setTimeout(() => {}, 0).constructor.name);
console.error = (text) => console.log('error() got:', text.split('\n')[0]);
console.trace('traced');
