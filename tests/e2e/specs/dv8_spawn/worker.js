const { answer } = require('./answer.js')
process.send({ answer, TID: process.TID })
process.sock.close()
