const { server } = require('./one_client.js');
server.onConnect(() => {
  shutdown();
  console.log('shut');
});
setInterval(() => {}, 1000);
