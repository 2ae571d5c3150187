const socket = require('dgram').createSocket('udp4');
socket.on('message', (message, from) => socket.send(`${message}`.toUpperCase(), from.port, from.address));
socket.bind(7, '0.0.0.0', () => console.log('listening'));
