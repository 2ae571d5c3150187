// Packages are not told that it is deprecated.
process.on('warning', ({ message }) => console.log(message))
console.log(require('of-a-package').encode('mañana'))
