import umd from 'umd'
import second from 'umd/second.js'

console.log(umd.value, second.value, second.own === umd.own)
