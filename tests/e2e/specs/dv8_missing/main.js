for (let i = 0; i < 2; i++) {
  try {
    console.log(require('no-such-package'))
  } catch (error) {
    console.log(error.code)
  }
}
var package = 'a name that strict mode reserves'
console.log(package)
